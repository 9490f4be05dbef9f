"""Matrices that few rows are multiplied with quickly: what encoding a short text spends most of its time on.

OpenBLAS first copies a matrix into an order of its own, which takes longer than multiplying ten rows with it. It does
without where a product is small: so these are cut into narrow blocks of columns, and the rows into small groups.
"""

from typing import Any

import numpy as np

from bot.matching.bm25 import Floats

WIDTH = 64
"""Columns of a block."""

MOST_ROWS = 12
"""Rows of a group: with these and 1,280 numbers in a row a product is just small enough, which is a million steps.

Ten rows take half the time, and several hundred no longer, measured with OpenBLAS on a processor with AVX-512.
"""


class Columns:
    """Stands on the right of `rows @ columns` in place of a matrix whose columns are so many blocks of `WIDTH`."""

    __array_ufunc__ = None  # so that numpy leaves `@` to this class

    def __init__(self, whole: Floats) -> None:
        self._blocks = np.ascontiguousarray(whole.reshape(len(whole), 1, -1, WIDTH).transpose(2, 1, 0, 3))

    def __rmatmul__(self, rows: Floats) -> Floats:
        groups = -(-len(rows) // MOST_ROWS)
        each = -(-len(rows) // groups)
        # All groups have as many rows: the last is filled up with some that are not looked at.
        filled = np.concatenate([rows, rows[: groups * each - len(rows)]]).reshape(groups, each, -1)
        product = (filled @ self._blocks).transpose(1, 2, 0, 3).reshape(groups * each, -1)
        return product[: len(rows)]


def quicken(model: Any) -> None:
    """Put columns in place of the matrices that an encoder's `model` multiplies with a row for each piece of a text.

    It also no longer sets how many threads a product may have: that takes a tenth of the time, and stands already.
    """
    model.proj_W = Columns(model.proj_W)
    model.w1, model.w2 = ([Columns(whole) for whole in of] for of in (model.w1, model.w2))
    model._threadpool = None
