"""A writer wants to know how easy a text is to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.editing.prose import reading_ease, sentences, syllables, words

SIMPLE = "The dog sat by the door. Then the man came home. They had a cup of tea and went to bed."
OFFICIAL = (
    "Notwithstanding organisational considerations, representatives subsequently facilitated the unconditional "
    "authorisation of supplementary reimbursement, necessitating considerable interdepartmental communication."
)
WORDS = st.lists(st.sampled_from(["a", "dog", "window", "carefully", "somebody", "1998", "well-known"]), min_size=1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It rained. She ran.", ["It rained.", "She ran."]),
        ("“Is it yours?” he asked. “Yes.” She took it.", ["“Is it yours?” he asked.", "“Yes.”", "She took it."]),
        ("Dr. Lee met J. Smith in St. Ives. All was well.", ["Dr. Lee met J. Smith in St. Ives.", "All was well."]),
        ("It cost 3.50 at 10 a.m. and no more.", ["It cost 3.50 at 10 a.m. and no more."]),
        ("It closed in 1998. In 1999 it opened.", ["It closed in 1998.", "In 1999 it opened."]),
        ("No full stop\n\nA new\nparagraph", ["No full stop", "A new paragraph"]),
        ("He wrote “Élan”. Évian came next.", ["He wrote “Élan”.", "Évian came next."]),
        (" … \n\n — ", []),
    ],
)
def test_a_text_is_cut_where_a_reader_takes_breath(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_a_word_keeps_what_holds_it_together() -> None:
    assert words("“Don’t,” said the well-known H-E-B man: 5,000 are 3.50 at M&S’s.") == [
        "Don’t", "said", "the", "well-known", "H-E-B", "man", "5,000", "are", "3.50", "at", "M&S’s",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "heard"),
    [
        (1, "name named names loved watched the 1998 $5,000 don’t boat’s rhythm brrr"),
        (2, "little wanted places people watches table going safely nineteen boxes well-known"),
        (3, "radio museum idea tourism Victor’s-boat somebody animal"),
        (4, "understanding café-owners information"),
    ],
)
def test_syllables_are_counted_as_they_are_heard(count: int, heard: str) -> None:
    assert {word: syllables(word) for word in words(heard)} == dict.fromkeys(words(heard), count)


def test_plain_words_are_easier_than_those_of_an_office() -> None:
    assert reading_ease(SIMPLE) > 90
    assert reading_ease(OFFICIAL) < 0


def test_the_measure_is_that_of_flesch() -> None:
    text = "The boat left at nine. Nobody saw the old hat."  # 10 words in 2 sentences, 12 syllables
    assert reading_ease(text) == pytest.approx(206.835 - 1.015 * 10 / 2 - 84.6 * 12 / 10)


@given(st.text())
def test_no_word_is_lost_between_sentences(text: str) -> None:
    assert words(" ".join(sentences(text))) == words(text)


@given(st.text())
def test_every_word_is_heard_and_no_longer_than_it_is_written(text: str) -> None:
    assert all(1 <= syllables(word) <= len(word) for word in words(text))


@given(WORDS, WORDS)
def test_two_short_sentences_are_easier_than_one_long_one(first: list[str], second: list[str]) -> None:
    one = f"{' '.join(first)} home {' '.join(second)}"
    two = f"{' '.join(first)} home. {' '.join(second).capitalize()}"
    assert reading_ease(two) > reading_ease(one)
