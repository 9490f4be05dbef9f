"""Vectors in little room still tell what is near."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.bm25 import Floats
from bot.matching.vectors import Signs, Vectors, nearest


def vectors(seed: int, rows: int) -> Floats:
    """Vectors of length 1 in some hundred directions, so that some are near."""
    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=(1 + rows // 5, 512))[rng.integers(0, 1 + rows // 5, rows)] + rng.normal(size=(rows, 512))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(2, 60))
def test_a_cosine_is_as_good_as_exact(seed: int, rows: int) -> None:
    exact = vectors(seed, rows)
    packed = Vectors(iter([exact[: rows // 2], exact[rows // 2 :]]))
    some = np.arange(0, rows, 2, dtype=np.int32)
    assert np.abs(packed.cosines(exact[0], some) - exact[some] @ exact[0]).max() < 0.01
    assert np.abs(packed.rows(slice(0, rows)) - exact).max() < 0.01


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_what_is_nearest_agrees_in_most_signs(seed: int) -> None:
    exact = vectors(seed, 500)
    found = Signs([exact[:200], exact[200:]]).nearest(exact[0], 60)
    assert len(found) == 60
    assert set(np.flatnonzero(exact @ exact[0] > 0.4).tolist()) <= set(found.tolist())


@given(st.lists(st.sampled_from([0, 0.1, 0.2, 0.5, 0.9]) | st.floats(0, 1, width=32), max_size=200), st.integers(1, 60))
def test_the_nearest_are_the_best_ones_and_of_equal_ones_the_first(scores: list[float], most: int) -> None:
    found = nearest(np.array(scores, np.float32), most)
    assert found.tolist() == sorted(sorted(range(len(scores)), key=lambda at: -np.float32(scores[at]))[:most])
