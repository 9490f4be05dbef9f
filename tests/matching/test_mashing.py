"""Hands on a keyboard are no wish; a strange word may well be one."""

import pytest

from bot.matching import Matcher
from bot.matching.english import COMMON, english
from bot.matching.mashing import looks_mashed


@pytest.mark.parametrize("typed", ["asdf", "asdfgh qwer", "xxxxx", "QWERTZ", "lkjhgfdsa", "hjkl;", "sdkfjh", "qweqwe"])
def test_hands_on_a_keyboard_are_no_wish(typed: str) -> None:
    assert looks_mashed(typed)


@pytest.mark.parametrize(
    "typed",
    ["", "?!", "steak", "were", "power", "property", "GDPR", "HTML5", "REWE", "zgubionym", "恐龙", "asdf steak"],
)
def test_a_word_that_may_be_one_is_taken_for_one(typed: str) -> None:
    assert not looks_mashed(typed)


def test_no_common_english_word_is_taken_for_none() -> None:
    taken = {word for word, times in english()._used.items() if times >= COMMON and looks_mashed(word)}
    assert taken <= {"asdf", "qwerty"}


@pytest.mark.parametrize("name", ["Hertz", "Wert", "Werte", "brewer", "certeza", "fazer"])
def test_what_is_a_word_after_all_is_looked_up(matcher: Matcher, name: str) -> None:
    assert looks_mashed(name)
    assert not matcher.is_mashed(name)


def test_whoever_only_hit_keys_is_told(matcher: Matcher) -> None:
    assert matcher.is_mashed("asdfgh qwer")
