"""Libraries of any size that look like the real one: the same sentences and lengths, and as skewed a vocabulary.

A made story takes a real one and puts other words in place of a third of its telling words. Those are drawn by Zipf's
law from the words of the real stories and, further down, from words joined out of two of them: as with real texts,
more stories always bring more words. The same size gives the same library on every machine.
"""

import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from bench.judged import judged
from bot.domain.library import Library
from bot.domain.story import Story
from bot.matching.encoder import STANDARD
from bot.reading import packs

MOST_MADE_WORDS = 300_000
REPLACED = 1 / 3
QUESTIONS = 1_000

LONGEST = {"title": 60, "summary": 200, "story": 2_500, "takeaway": 200}
"""What a story's texts may hold, in characters."""

Floats = NDArray[np.float32]

_WORD = re.compile(r"[A-Za-z]{4,}")
_NOISE = 0.6 / 512**0.5
_AT_ONCE = 10_000


def library(size: int) -> Library:
    """So many made stories, and the real themes."""
    real = _real()
    rng = random.Random(size)
    words = _drawn(rng)
    themes = [theme.id for theme in real.themes]
    return Library(tuple(_story(number, rng, words, themes, real.stories) for number in range(size)), real.themes)


def questions(of: Library) -> list[str]:
    """`QUESTIONS` different ones: the judged, and the same with one word changed for one of the library's."""
    rng = random.Random(len(of.stories))
    asked = [query.words for name in ("dev", "languages", "own") for query in judged(name)]
    made = dict.fromkeys(asked)
    while len(made) < QUESTIONS:
        words = rng.choice(asked).split()
        words[rng.randrange(len(words))] = rng.choice(_WORD.findall(rng.choice(of.stories).story))
        made[" ".join(words)] = None
    mixed = list(made)
    rng.shuffle(mixed)
    return mixed[:QUESTIONS]


def write_pack(made: Library, folder: Path) -> None:
    """The library as a pack: `themes.yaml`, and a file a story."""
    folder.mkdir(parents=True)
    themes = {"themes": [theme.model_dump(mode="json", exclude_defaults=True) for theme in made.themes]}
    (folder / packs.THEMES_FILE).write_text(_as_yaml(themes), encoding="utf-8")
    for story in made.stories:
        data = story.model_dump(mode="json", exclude_defaults=True)
        (folder / f"{story.id}.yaml").write_text(_as_yaml(data), encoding="utf-8")


class CheapEncoder:
    """The real encoder for questions; for a library's texts, while `is_building`, vectors that cost next to nothing.

    A made story's vector is that of one of the real library's sentences with noise, so no two are the same and they
    lie as close together as real ones. Encoding 100,000 stories would take half an hour.
    """

    def __init__(self) -> None:
        self._pool = _real_vectors()
        self._rng = np.random.default_rng(0)
        self.is_building = True

    @property
    def version(self) -> str:
        return f"{STANDARD.version}, cheap"

    def encode(self, texts: Sequence[str]) -> Floats:
        if not self.is_building:
            return STANDARD.encode(texts)
        vectors = np.empty((len(texts), self._pool.shape[1]), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            some = vectors[start : start + _AT_ONCE]
            self._rng.standard_normal(out=some, dtype=np.float32)
            some *= _NOISE
            some += self._pool[self._rng.integers(len(self._pool), size=len(some))]
            some /= np.linalg.norm(some, axis=1, keepdims=True)
        return vectors

    def pieces(self, text: str) -> list[str]:
        return STANDARD.pieces(text)


@cache
def _real() -> Library:
    return packs.load([packs.builtin_folder()]).library


@cache
def _real_vectors() -> Floats:
    return STANDARD.encode([sentence for story in _real().stories for sentence in story.story.split(". ")])


@cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """Words by rank, and the sums of their chances: 1 / (rank + 2.7), Zipf's law as Mandelbrot corrected it."""
    rng = random.Random(0)
    counts = Counter(word.lower() for story in _real().stories for word in _WORD.findall(story.story))
    real = [word for word, _ in counts.most_common()]
    starts, ends = [word[:4] for word in real], [word[-4:] for word in real]
    joined = dict.fromkeys(rng.choice(starts) + rng.choice(ends) for _ in range(MOST_MADE_WORDS))
    words = [*real, *(word for word in joined if word not in counts)]
    return words, list(itertools.accumulate(1 / (rank + 2.7) for rank in range(1, len(words) + 1)))


def _drawn(rng: random.Random) -> Iterator[str]:
    """Words without end."""
    words, sums = _vocabulary()
    while True:
        yield from rng.choices(words, cum_weights=sums, k=1_000)


def _story(
    number: int, rng: random.Random, words: Iterator[str], themes: Sequence[str], models: Sequence[Story]
) -> Story:
    model = models[number % len(models)]

    def other(found: re.Match[str]) -> str:
        if rng.random() > REPLACED:
            return found[0]
        word = next(words)
        return word.capitalize() if found[0][0].isupper() else word

    told = {field: getattr(model, field) for field in LONGEST}
    return model.model_copy(
        update={
            **{field: _WORD.sub(other, text)[: LONGEST[field]].strip() for field, text in told.items() if text},
            "id": f"made-{number}",
            "company": f"{next(words).capitalize()} {next(words).capitalize()}",
            "year": rng.randrange(1950, 2026),
            "themes": tuple(rng.sample(themes, rng.randrange(2, 6))),
            "similar": (),
        }
    )


def _as_yaml(data: object) -> str:
    text: str = yaml.dump(
        data, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True, sort_keys=False
    )
    return text
