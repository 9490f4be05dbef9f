"""People's words on their way through: readable, inert, within limits."""

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.pick import VALUE_LIMIT, Pick, read_pick
from bot.blocks.text import FALLBACK_LIMIT, fallback, shortened, typed, visible


@given(st.text())
def test_the_fallback_is_one_inert_line_within_the_limit(words: str) -> None:
    text = fallback(words, words * 50)
    assert len(text) <= FALLBACK_LIMIT
    assert "<" not in text
    assert ">" not in text
    assert "\n" not in text
    assert "&" not in text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


@given(st.text(), st.integers(1, 100))
def test_shortened_is_never_longer(words: str, limit: int) -> None:
    assert len(shortened(words, limit)) <= limit


def test_direction_and_control_characters_are_taken_out() -> None:
    assert visible("a\u202eb\u0000c\u2066d\ue000") == "abcd"


def test_words_in_many_scripts_and_emoji_stay_as_they_are() -> None:
    for words in ("思いやり", "Ελληνικά", "العربية", "עברית", "हिन्दी", "می‌خواهم", "👩‍🚀", "Ünïcödé", "ไทย", "🏳️‍🌈"):
        assert visible(words) == words


def test_typed_markup_becomes_words() -> None:
    assert typed("<@U1> <!channel> look: <https://example.org|here> &lt;b&gt; &amp;amp;") == "look: here <b> &amp;"


@given(
    st.text(max_size=60),
    st.text(max_size=600),
    st.lists(st.text(min_size=30, max_size=60), min_size=20, max_size=90),
    st.text(max_size=20),
)
def test_a_button_brings_back_what_it_was_given(story_id: str, words: str, shown: list[str], user_id: str) -> None:
    value = Pick(story_id, words, tuple(shown), user_id).value()
    back = read_pick(value)
    assert len(value) <= VALUE_LIMIT
    assert (back.story_id, back.user_id) == (story_id, user_id)
    assert words.startswith(back.words)
    assert tuple(shown[len(shown) - len(back.shown) :]) == back.shown


def test_of_many_stories_shown_the_latest_are_carried() -> None:
    shown = tuple(f"{number:03d}-{'x' * 56}" for number in range(90))
    back = read_pick(Pick("story", "words", shown).value())
    assert 20 < len(back.shown) < 90
    assert back.shown[-1] == shown[-1]
