"""What the sentence encoder computes: from the pieces that texts are cut into to their vectors, a few texts quickly.

Its package computes the same, but for rounding, and takes up to twice as long for it. Here
- each different piece is looked up, and goes into the first layer, once, and each different window into the second: a
  word that no story holds is encoded beside the text that it stands in, and so are parts of a text that begin or end
  alike;
- what a piece tells alone is remembered: people use the same words;
- a window is the sum of what the pieces at its places tell, so that each is multiplied for all places in one product
  of long rows;
- two matrices with nothing between them are one.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.matching.bm25 import Floats
from bot.matching.columns import Columns, together

Numbers = NDArray[np.intp]

CHUNKS = 17
"""Parts of the table of pieces, which lie between each other; each was packed by itself."""

SIZE = 256
"""What each branch finds of a piece, in numbers."""

REACH = 2
"""Pieces to the left and to the right that are seen beside one."""

LOOKED_UP = 2
"""Parts of `SIZE` numbers that are looked up of a piece."""

WINDOWS = (slice(2, 4), slice(1, 4), slice(0, 5))
"""Which of these, in their order, each branch sees: two, three and five."""

PIECES_AT_ONCE = 384
"""So many fit the processor's cache with all that is found of them."""

FEW_PIECES = 64
"""Different pieces of what somebody asks; what is encoded of a library has more, and is not asked again."""

MOST_PIECES = 2_000
"""Pieces of which it is remembered what they tell: 15 kB each."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Two layers over one width of window, each added to what it was given."""

    window: slice
    told: int
    """Which part of what is told of a piece it is given."""
    products: slice
    """Which parts those are in its first layer, one for each place of the window."""
    first: Columns
    first_bias: Floats
    second: Columns
    second_bias: Floats

    def found(self, alone: Floats, which: Numbers, around: Numbers) -> Floats:
        """What is found of the pieces of texts.

        `alone` is what each different piece tells alone, and at the end none; `which` of them each piece is, and
        `around` are the numbers of the pieces around each; both end with none.
        """
        seen = around[:, self.window]
        windows = which[seen]
        different, each = _different(windows)
        inner = np.zeros((len(different) + 1, SIZE), np.float32)
        inner[:-1] = _seen(alone[:, self.products], windows[different], self.first_bias)
        inner[:-1] += alone[which[different], self.told]
        products = (inner @ self.second).reshape(len(inner), -1, SIZE)
        outer = _seen(products, np.append(each, len(different))[seen], self.second_bias)
        outer += inner[each]
        return outer


class Network:
    """Made of the weights of the package's model, by its own names for them. Several threads may use it."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._table, self._scale, self._low = weights["table"], weights["scale"], weights["lo"]
        self._bias, self._gain, self._shift = weights["proj_b"], weights["ln_g_all"], weights["ln_b_all"]
        self._whole_gain, self._whole_shift, self._epsilon = weights["ln_g"], weights["ln_b"], weights["eps"]
        self._split = len(weights["d1"])
        hidden = np.concatenate([weights["d0"], weights["p1"]], axis=1)
        self._hidden_bias = weights["cnn_b"] @ hidden
        last = np.concatenate([weights["p3"], weights["d3"]])
        layers = map(_by_piece, (*weights["w1"], *weights["w2"]))
        matrices = [weights["proj_W"], weights["cnn_W"] @ hidden, weights["d1"], weights["d2"], last, *layers]
        self._told, self._hidden, self._deep, self._deeper, self._last, *columns = together(matrices)
        of_branches = zip(columns, weights["b1"], columns[len(WINDOWS) :], weights["b2"], strict=False)
        parts = np.cumsum([LOOKED_UP + len(WINDOWS), *(window.stop - window.start for window in WINDOWS)]).tolist()
        self._branches = [
            Branch(window, LOOKED_UP + at, slice(*parts[at : at + 2]), *layers)
            for at, (window, layers) in enumerate(zip(WINDOWS, of_branches, strict=True))
        ]
        # The last is none. Filled, so that no question waits for the system to find room.
        self._lately = np.full((MOST_PIECES + 1, parts[-1], SIZE), 0, np.float32)
        self._places: OrderedDict[int, int] = OrderedDict()
        self._lock = Lock()

    def vectors(self, texts: Sequence[Sequence[int]]) -> Floats:
        """The vectors of texts, one row each, by the numbers of their pieces; each has at least one."""
        groups = [self._of_group(group) for group in _groups(texts)]
        return np.concatenate(groups) if groups else np.zeros((0, self._last.width), np.float32)

    def _of_group(self, texts: Sequence[Sequence[int]]) -> Floats:
        numbers: dict[int, int] = {}
        which = np.array([numbers.setdefault(piece, len(numbers)) for text in texts for piece in text])
        alone = self._alone(list(numbers))
        sizes = np.array([len(text) for text in texts])
        around, or_none = _around(sizes), np.append(which, len(numbers))
        found = [branch.found(alone, or_none, around) for branch in self._branches]
        rows = np.concatenate([alone[which, :LOOKED_UP].reshape(len(which), -1), *found], axis=1)
        _standardise(rows, self._epsilon)
        of_text = np.arange(len(texts)).repeat(sizes) == np.arange(len(texts))[:, None]
        return self._said(of_text.astype(np.float32) @ rows, sizes.astype(np.float32)[:, None])

    def _alone(self, pieces: Sequence[int]) -> Floats:
        """What each piece tells whatever stands beside it, in parts of `SIZE` numbers; after them, zeros for none."""
        if len(pieces) > FEW_PIECES:
            return np.concatenate([self._tell(pieces), self._lately[-1:]])
        missing = [piece for piece in pieces if piece not in self._places]
        told = self._tell(missing) if missing else self._lately[:0]
        with self._lock:
            for piece in pieces:
                if piece in self._places:
                    self._places.move_to_end(piece)
            # Another thread may have let go of some meanwhile, or told some of the missing.
            if not self._places.keys() >= set(pieces) - set(missing):
                return np.concatenate([self._tell(pieces), self._lately[-1:]])
            for piece, row in zip(missing, told, strict=True):
                if piece not in self._places:
                    is_full = len(self._places) == MOST_PIECES
                    self._places[piece] = self._places.popitem(last=False)[1] if is_full else len(self._places)
                self._lately[self._places[piece]] = row
            alone: Floats = self._lately[[*(self._places[piece] for piece in pieces), -1]]
            return alone

    def _tell(self, pieces: Sequence[int]) -> Floats:
        """What pieces tell alone: what is looked up, the same standardised for each branch, and in its first layer."""
        known = self._looked_up(np.array(pieces))
        told = self._standardised(known)
        products = [told[:, at * SIZE : (at + 1) * SIZE] @ branch.first for at, branch in enumerate(self._branches)]
        return np.concatenate([known, told, *products], axis=1).reshape(len(pieces), -1, SIZE)

    def _looked_up(self, pieces: Numbers) -> Floats:
        chunks = pieces % CHUNKS
        known: Floats = self._table[pieces] * self._scale[chunks, None]
        known += self._low[chunks, None]
        return known

    def _standardised(self, known: Floats) -> Floats:
        rows: Floats = known @ self._told
        rows += self._bias
        _standardise(rows, self._epsilon)
        rows *= self._gain
        rows += self._shift
        return rows

    def _said(self, sums: Floats, sizes: Floats) -> Floats:
        """What texts say, by the sums over so many pieces of each."""
        sums *= self._whole_gain
        sums += sizes * self._whole_shift
        hidden = (sums @ self._hidden + sizes * self._hidden_bias) / np.sqrt(sizes)
        above = _positive(hidden[:, : self._split])
        deep = _positive(hidden[:, self._split :] + above @ self._deep)
        vectors: Floats = np.tanh(np.concatenate([deep, _positive(deep @ self._deeper)], axis=1) @ self._last)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _by_piece(layer: Floats) -> Floats:
    """A layer's matrix with the places of its window beside each other, in place of one below the other."""
    return layer.reshape(-1, SIZE, SIZE).transpose(1, 0, 2).reshape(SIZE, -1)


def _groups(texts: Sequence[Sequence[int]]) -> Iterator[Sequence[Sequence[int]]]:
    """Texts that are computed together: as many as have few enough pieces, or one that has more."""
    start = pieces = 0
    for end, text in enumerate(texts):
        pieces += len(text)
        if pieces > PIECES_AT_ONCE and end > start:
            yield texts[start:end]
            start, pieces = end, len(text)
    if texts:
        yield texts[start:]


def _around(sizes: Numbers) -> Numbers:
    """For each piece of texts with so many the numbers of those around it; one more than there are where is none."""
    pieces = int(sizes.sum())
    places = np.arange(pieces) + REACH * (1 + np.arange(len(sizes)).repeat(sizes))
    line = np.full(pieces + REACH * (1 + len(sizes)), pieces)
    line[places] = np.arange(pieces)
    around: Numbers = line[places[:, None] + np.arange(-REACH, REACH + 1)]
    return around


def _different(windows: Numbers) -> tuple[Numbers, Numbers]:
    """Where each different window first stands, and the number of that for each window."""
    numbers: dict[tuple[int, ...], int] = {}
    each = np.array([numbers.setdefault(window, len(numbers)) for window in map(tuple, windows.tolist())])
    first = np.empty(len(numbers), np.intp)
    first[each[::-1]] = np.arange(len(each))[::-1]
    return first, each


def _seen(products: Floats, seen: Numbers, bias: Floats) -> Floats:
    """What a layer sees of each window: the sum of its pieces' products, each for its place."""
    total: Floats = products[seen[:, 0], 0]
    for place in range(1, seen.shape[1]):
        total += products[seen[:, place], place]
    total += bias
    return np.maximum(total, 0, out=total)


def _positive(rows: Floats) -> Floats:
    positive: Floats = np.maximum(rows, 0)
    return positive


def _standardise(rows: Floats, epsilon: float) -> None:
    """Give each row the mean 0 and the variance 1, in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.vecdot(rows, rows) / rows.shape[1] + epsilon)[:, None]
