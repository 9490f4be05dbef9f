"""Words that somebody may have meant are found as if each had been looked at."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.matching.english import english
from bot.matching.spelling import SHORTEST, Near

WORDS = st.text("abcdeéz", min_size=SHORTEST - 1, max_size=11)


@settings(max_examples=300)
@given(st.sets(WORDS, max_size=40), WORDS, st.integers(1, 2), st.data())
def test_no_word_within_so_many_slips_is_passed_over(
    words: set[str], meant: str, slips: int, data: st.DataObject
) -> None:
    typed = meant
    for _ in range(slips):
        typed = data.draw(slipped(typed))
    found = Near({*words, meant}).within(typed, slips)
    assert sorted(found) == sorted(
        (distance, word) for word in {*words, meant} if (distance := OSA.distance(typed, word)) <= slips
    )


def slipped(word: str) -> st.SearchStrategy[str]:
    """A word with a letter more, a letter less, a wrong one, or two swapped."""

    def at(place: int, letter: str) -> st.SearchStrategy[str]:
        before, after = word[:place], word[place:]
        swapped = before + after[1:2] + after[:1] + after[2:]
        return st.sampled_from([before + letter + after, before + after[1:], before + letter + after[1:], swapped])

    return st.tuples(st.integers(0, len(word)), st.sampled_from("abcdeéz")).flatmap(lambda drawn: at(*drawn))


def test_a_long_word_is_taken_for_the_commonest_english_one() -> None:
    assert english().corrected("impatietn") == "impatient"
    assert english().corrected("wnadered") == "wandered"
    assert english().corrected("accross") == "across"
    assert english().corrected("blorf") is None
    assert english().corrected("zzzzzzzzz") is None
