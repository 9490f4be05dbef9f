"""A writer reaches for a phrase that everybody has read before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.editing.cliches import KINDS, cliches

PHRASES = [phrase for kind in KINDS for phrase in kind.phrases]


def found(text: str) -> list[str]:
    return [phrase for phrase, _ in cliches(text)]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("We were delighted by it.", ["delighted"]),
        ("She went the extra\nmile.", ["extra mile"]),
        ("A heartwarming, heart warming, Heart-Warming day.", ["heartwarming", "heart warming", "Heart-Warming"]),
        ("It wasn't just a hat.", ["wasn't just"]),
        ("It exceeded expectations — by far.", ["exceeded expectations", "—"]),
        ("He waited – and waited -- there.", ["–", "--"]),
    ],
)
def test_the_phrase_is_seen_as_it_was_written(written: str, seen: list[str]) -> None:
    assert found(written) == seen


@pytest.mark.parametrize(
    "written",
    [
        "The Magic Castle has a phone by the pool.",
        "From 2010–2012 it was a well-known power cut.",
        "He went over and above the bridge, and on.",
        "She missed the best part of the morals lesson.",
    ],
)
def test_ordinary_words_are_left_alone(written: str) -> None:
    assert found(written) == []


@given(st.sampled_from(PHRASES))
def test_every_phrase_is_found_as_a_word_and_not_inside_one(phrase: str) -> None:
    plain = phrase.replace("*", "")
    assert plain in found(f"So, {plain}: that was it.")
    assert plain not in found(f"So, x{plain}x: that was it.")


def test_no_phrase_stands_in_the_list_twice() -> None:
    assert len(set(PHRASES)) == len(PHRASES)
