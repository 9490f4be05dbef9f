"""Matrices that few rows are multiplied with quickly: what encoding a short text spends most of its time on.

OpenBLAS first copies a matrix into an order of its own, which takes longer than multiplying ten rows with it. It does
without where a product is small: so these are cut into narrow blocks of columns, and the rows into small groups.
"""

from collections.abc import Sequence

import numpy as np

from bot.matching.bm25 import Floats

WIDTH = 64
"""Columns of a block."""

MOST_STEPS = 1_000_000
"""Multiplications of a product that is small.

Ten rows take half the time, and several hundred no longer, measured with OpenBLAS on a processor with AVX-512.
"""


class Columns:
    """Stands on the right of `rows @ columns` in place of a matrix whose columns are so many blocks of `WIDTH`."""

    __array_ufunc__ = None  # so that numpy leaves `@` to this class

    def __init__(self, blocks: Floats) -> None:
        """`blocks` are those of columns, one after the other."""
        self._blocks = blocks
        self.width = len(blocks) * WIDTH
        self._most_rows = max(MOST_STEPS // blocks[0].size, 1)

    def __rmatmul__(self, rows: Floats) -> Floats:
        groups = -(-len(rows) // self._most_rows)
        each = -(-len(rows) // groups)
        product = np.empty((len(rows), len(self._blocks), WIDTH), np.float32)
        for start in range(0, len(rows), each):
            some = rows[start : start + each] @ self._blocks
            product[start : start + each] = some.transpose(1, 0, 2)
        return product.reshape(len(rows), self.width)


def together(matrices: Sequence[Floats]) -> list[Columns]:
    """Columns of some matrices in one stretch of memory: in large pages, if the system has them, it is read faster."""
    room = np.empty(sum(matrix.size for matrix in matrices), np.float32)
    columns = []
    for matrix in matrices:
        blocks = matrix.reshape(len(matrix), -1, WIDTH).transpose(1, 0, 2)
        taken, room = np.split(room, [matrix.size])
        taken.reshape(blocks.shape)[:] = blocks
        columns.append(Columns(taken.reshape(blocks.shape)))
    return columns
