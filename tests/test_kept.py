"""What was made once is read again at the next start, unless it is damaged or no longer what would be made."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import kept

KEY = b"key"


@dataclass(frozen=True, slots=True)
class Made:
    words: dict[str, int]
    numbers: np.ndarray
    told: tuple[str, ...]


TOLD = ("a story that the file does not hold",)


def made() -> Made:
    return Made({"ring": 1, "café": 2}, np.arange(7, dtype=np.float32), TOLD)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    kept.write(tmp_path / "made.npz", KEY, made(), [TOLD])
    return tmp_path / "made.npz"


def read(path: Path, key: bytes = KEY) -> Made | None:
    found = kept.read(path, key, [Made], [TOLD])
    return found if isinstance(found, Made) else None


def is_whole(found: Made | None) -> bool:
    return bool(found and found.words == made().words and np.array_equal(found.numbers, made().numbers))


def test_what_was_kept_is_read_again(path: Path) -> None:
    found = read(path)
    assert found
    assert is_whole(found)
    assert found.told is TOLD


def test_for_another_key_there_is_nothing(path: Path) -> None:
    assert read(path, b"another") is None


def test_what_the_reader_does_not_name_is_not_let_in(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept.write(path, KEY, [made(), os.system], [TOLD])
    assert kept.read(path, KEY, [Made], [TOLD]) is None
    assert "making it anew" in caplog.text


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_not_believed(path: Path, data: st.DataObject) -> None:
    whole = path.read_bytes()
    content = bytearray(whole)
    if data.draw(st.booleans(), label="cut off"):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    found = read(path)
    path.write_bytes(whole)
    assert found is None or is_whole(found)
