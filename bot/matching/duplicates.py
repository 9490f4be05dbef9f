"""Whether what somebody tells was told before: copied, edited, or the same events in other words."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

from bot.matching.bm25 import Floats
from bot.matching.filler import FILLER
from bot.matching.meaning import sentences
from bot.matching.shelf import Shelf, rarity
from bot.matching.vectors import Encode, nearest
from bot.matching.words import split, stem

WORD_WEIGHT = 0.5
"""What shared words count beside what the sentences mean, which counts 1."""

SAME_FROM = 0.6
"""The score from which two texts tell the same; without an encoder, the share of words from which one is a copy."""

MOST_COMPARED = 100
"""Stories that are compared sentence by sentence: those that are nearest as a whole."""

TOPIC_FROM = 0.45
"""The cosine of two whole texts from which they are of one topic: a sentence alone finds its like in any long text."""


def told_before(text: str, shelf: Shelf, others: Sequence[tuple[str, str]], encode: Encode | None) -> str | None:
    """The id of the story on the shelf, or of `others` (ids and texts), that `text` retells; None if there is none.

    Looks for all of `text` in them, and not the other way round: a short retelling of a long story is found. Without
    `encode` only copies are. How well it tells them apart is measured over tests/relevance/retellings.yaml.
    """
    words = {known: rarity([shelf], known) for known in _stems(text)}
    if not words:
        return None
    vectors = encode(passages) if encode and (passages := sentences(text)) else None
    scored = [*_on_shelf(shelf, words, vectors), *_among(others, words, vectors, encode)]
    best, known = max(scored, default=(0.0, None), key=lambda found: found[0])
    return known if best >= SAME_FROM else None


def _on_shelf(shelf: Shelf, words: Mapping[str, float], vectors: Floats | None) -> Iterator[tuple[float, str]]:
    shares = np.zeros(shelf.index.size, np.float32)
    for known, tells in words.items():
        shares[shelf.index.evidence(known).stories] += tells / sum(words.values())
    if vectors is None or shelf.sense is None:
        yield from ((float(share), story.id) for share, story in zip(shares, shelf.stories, strict=True))
        return
    passages, whole = shelf.sense.passages, _whole(vectors)
    for number in map(int, nearest(passages.roughly(whole) + shares, MOST_COMPARED)):
        yield _score(vectors, whole, passages.vectors(number), float(shares[number])), shelf.stories[number].id


def _among(
    others: Sequence[tuple[str, str]], words: Mapping[str, float], vectors: Floats | None, encode: Encode | None
) -> Iterator[tuple[float, str]]:
    for known, text in others:
        share = _share(words, text)
        if vectors is None or encode is None:
            yield share, known
        elif passages := sentences(text):
            yield _score(vectors, _whole(vectors), encode(passages), share), known


def _score(vectors: Floats, whole: Floats, told: Floats, share: float) -> float:
    """How well each sentence is told by the nearest of `told`, in the mean, and the words are; 0 for another topic."""
    if whole @ _whole(told) < TOPIC_FROM:
        return 0.0
    return float((vectors @ told.T).max(axis=1).mean()) + WORD_WEIGHT * share


def _share(words: Mapping[str, float], text: str) -> float:
    """How much of what the words tell a text holds: 0 to 1."""
    return sum(words[shared] for shared in words.keys() & _stems(text)) / sum(words.values())


def _whole(vectors: Floats) -> Floats:
    total: Floats = vectors.sum(axis=0)
    return total / (float(np.linalg.norm(total)) or 1.0)


@lru_cache(maxsize=500)  # what waits for a decision is compared with everything that is handed in
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in split(text) if word not in FILLER)
