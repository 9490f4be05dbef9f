"""The bot is restarted: what was understood before is not worked out again, and what is damaged is not believed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.matching.bm25 import Floats
from bot.matching.cache import RecentVectors, VectorCache


@dataclass
class Counting:
    """An encoder that tells what it was asked to encode."""

    version: str = "1"
    asked: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return np.array([[len(text), sum(map(ord, text)) % 999] for text in texts], np.float32)

    def pieces(self, text: str) -> list[str]:
        return [*text]


def start(folder: Path, texts: Sequence[str], version: str = "1") -> tuple[Floats, list[str]]:
    """One start of the bot: the vectors, and the texts that had to be encoded for them."""
    encoder = Counting(version)
    cache = VectorCache(folder, encoder)
    vectors = cache.encode(texts)
    cache.keep()
    return vectors, encoder.asked


def test_the_second_start_encodes_nothing(tmp_path: Path) -> None:
    first, _ = start(tmp_path, ["a", "bb", "a"])
    second, asked = start(tmp_path, ["a", "bb", "a"])
    assert asked == []
    assert np.array_equal(first, second)


def test_a_changed_story_is_all_that_is_encoded(tmp_path: Path) -> None:
    start(tmp_path, ["a", "bb"])
    vectors, asked = start(tmp_path, ["bb", "ccc"])
    assert asked == ["ccc"]
    assert vectors[:, 0].tolist() == [2, 3]


def test_another_encoder_starts_anew(tmp_path: Path) -> None:
    start(tmp_path, ["a"])
    assert start(tmp_path, ["a"], version="2")[1] == ["a"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_made_anew_and_never_believed(tmp_path: Path, data: st.DataObject) -> None:
    texts = ["a", "bb", "ccc"]
    whole, _ = start(tmp_path, texts)
    [file] = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans(), label="cut off"):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    vectors, _ = start(tmp_path, texts)
    assert np.array_equal(vectors, whole)


def test_without_a_place_to_keep_them_it_only_takes_longer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    vectors, asked = start(tmp_path / "taken", ["a"])
    assert asked == ["a"]
    assert len(vectors) == 1
    assert "cannot be kept" in caplog.text


def test_what_was_asked_lately_is_not_encoded_again() -> None:
    encoder = Counting()
    recent = RecentVectors(encoder, most=3)
    first = recent.encode(["a", "bb"])
    assert np.array_equal(recent.encode(["bb", "ccc"])[0], first[1])
    assert encoder.asked == ["a", "bb", "ccc"]


def test_what_is_asked_for_next_goes_along_only_with_what_has_to_be_encoded_anyway() -> None:
    encoder = Counting()
    recent = RecentVectors(encoder, most=9)
    assert len(recent.encode(["a"], along=["bb"])) == 1
    recent.encode(["a"], along=["ccc"])
    recent.encode(["bb"])
    assert encoder.asked == ["a", "bb"]


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    encoder = Counting()
    recent = RecentVectors(encoder, most=2)
    for text in ("a", "bb", "a", "ccc", "a", "bb"):
        recent.encode([text])
    assert encoder.asked == ["a", "bb", "ccc", "bb"]
