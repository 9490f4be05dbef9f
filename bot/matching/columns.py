"""Matrices that few rows are multiplied with quickly: what encoding a short text spends most of its time on.

OpenBLAS first copies a matrix into an order of its own, which takes longer than multiplying ten rows with it. It does
without where a product is small: so these are cut into narrow blocks of columns, each of which is.
"""

from typing import Any

import numpy as np

from bot.matching.bm25 import Floats

WIDTH = 32
"""Columns of a block. With ten rows this takes half the time, measured with OpenBLAS on a processor with AVX-512."""

MOST_ROWS = 30
"""From here on the matrix is better multiplied whole."""


class Columns:
    """Stands on the right of `rows @ columns` in place of a matrix whose columns are so many blocks of `WIDTH`."""

    __array_ufunc__ = None  # so that numpy leaves `@` to this class

    def __init__(self, whole: Floats) -> None:
        self._whole = whole
        self._blocks = np.ascontiguousarray(whole.reshape(len(whole), -1, WIDTH).transpose(1, 0, 2))

    def __rmatmul__(self, rows: Floats) -> Floats:
        if len(rows) > MOST_ROWS:
            return rows @ self._whole
        return (rows @ self._blocks).transpose(1, 0, 2).reshape(len(rows), -1)


def quicken(model: Any) -> None:
    """Put columns in place of the matrices that an encoder's `model` multiplies with a row for each piece of a text.

    It also no longer sets how many threads a product may have: that takes a tenth of the time, and stands already.
    """
    model.proj_W = Columns(model.proj_W)
    model.w1, model.w2 = ([Columns(whole) for whole in of] for of in (model.w1, model.w2))
    model._threadpool = None
