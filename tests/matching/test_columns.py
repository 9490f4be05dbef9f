"""A matrix in blocks of columns is multiplied like the whole."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching.columns import WIDTH, together


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from([1, 40, 1_280]), st.integers(1, 3))
def test_any_number_of_rows_is_multiplied_with_each_column(seed: int, rows: int, numbers: int, blocks: int) -> None:
    rng = np.random.default_rng(seed)
    left = rng.normal(size=(rows, numbers), scale=numbers**-0.5).astype(np.float32)
    whole = rng.normal(size=(numbers, blocks * WIDTH)).astype(np.float32)
    columns, twice = together([whole, 2 * whole])
    assert np.allclose(left @ columns, left @ whole, atol=1e-5)
    assert np.allclose(left @ twice, left @ (2 * whole), atol=1e-5)
