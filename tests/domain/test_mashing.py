"""Hands on a keyboard are no wish; a strange word may well be one."""

import pytest

from bot.domain.mashing import is_mashed
from bot.matching.english import COMMON, english


@pytest.mark.parametrize("typed", ["asdf", "asdfgh qwer", "xxxxx", "QWERTZ", "lkjhgfdsa", "hjkl;", "sdkfjh", "qweqwe"])
def test_hands_on_a_keyboard_are_no_wish(typed: str) -> None:
    assert is_mashed(typed)


@pytest.mark.parametrize(
    "typed",
    ["", "?!", "steak", "were", "power", "property", "GDPR", "HTML5", "REWE", "zgubionym", "恐龙", "asdf steak"],
)
def test_a_word_that_may_be_one_is_taken_for_one(typed: str) -> None:
    assert not is_mashed(typed)


def test_no_common_english_word_is_taken_for_none() -> None:
    taken = {word for word, times in english()._used.items() if times >= COMMON and is_mashed(word)}
    assert taken <= {"asdf", "qwerty"}
