"""The themes, and channels, in the words of people: every name and synonym, found inside what somebody typed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.domain.story import Theme
from bot.matching import channels
from bot.matching.filler import WHO
from bot.matching.words import content, split, stem

LONGEST_PHRASE = 8
"""Words of the longest phrase that is looked for."""


class Lexicon:
    """Phrases to themes. A phrase is known as it is written, and also without its little words if two are left."""

    def __init__(self, themes: Iterable[Theme]) -> None:
        self.words: set[str] = set()
        self.whole: set[str] = set()
        """The words that are a phrase of their own."""
        self._themes: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for theme in themes:
            for phrase in (theme.id, theme.name, *theme.synonyms):
                said = split(phrase)
                self.words.update(said)
                if len(said) == 1:
                    self.whole.update(said)
                self._themes[tuple(map(stem, said))].add(theme.id)
                if len(told := content(said)) > 1:
                    self._themes[tuple(map(stem, told))].add(theme.id)
        for channel, phrases in channels.SAID.items():
            for phrase in phrases:
                self._themes[tuple(map(stem, split(phrase)))].add(channels.phrase_id(channel))

    def themes_in(self, spoken: Sequence[str]) -> dict[str, set[str]]:
        """Words to the ids of the themes that they speak of, alone or as part of a phrase; the longest phrase wins."""
        themes: dict[str, set[str]] = defaultdict(set)
        told = content(spoken)
        for words in dict.fromkeys((tuple(spoken), tuple(told), tuple(word for word in told if word not in WHO))):
            stems = tuple(map(stem, words))
            start = 0
            while start < len(stems):
                size = self._longest_at(stems, start)
                for word in words[start : start + size]:
                    themes[word] |= self._themes[stems[start : start + size]]
                start += max(size, 1)
        return dict(themes)

    def _longest_at(self, stems: tuple[str, ...], start: int) -> int:
        sizes = range(min(LONGEST_PHRASE, len(stems) - start), 0, -1)
        return next((size for size in sizes if stems[start : start + size] in self._themes), 0)
