"""What counts as one passage."""

import pytest

from bot.matching.meaning import sentences


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("A title\n\nOne thing. Another\nthing!", ["A title", "One thing.", "Another thing!"]),
        ("“Apple said yes.” And B. Dalton rang.", ["“Apple said yes.", "And B. Dalton rang."]),
        ("犬がいた。店員が見つけた！", ["犬がいた。", "店員が見つけた！"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_a_text_falls_into_its_sentences(text: str, passages: list[str]) -> None:
    assert sentences(text) == passages
