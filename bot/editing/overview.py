"""A library at a glance: how many stories it has of what, and in words where it is thin."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from bot.domain.library import Library
from bot.editing.continents import CONTINENTS, continent_of

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """Numbers of stories. Themes, industries and countries come with the most stories first, decades in time's order.

    A theme or a decade may have none; every industry and country has at least one. `words` are those of the tellings.
    """

    stories: int
    words: int
    companies: int
    by_theme: Counts
    by_industry: Counts
    by_country: Counts
    by_continent: Counts
    by_decade: Counts
    without_country: int
    without_year: int

    @classmethod
    def of(cls, library: Library) -> Self:
        stories = library.stories
        countries = [story.country for story in stories if story.country]
        continents = Counter(map(continent_of, countries))
        years = [story.year for story in stories if story.year]
        return cls(
            stories=len(stories),
            words=sum(len(story.story.split()) for story in stories),
            companies=len({story.company.casefold() for story in stories if story.company}),
            by_theme=_most_first({theme.name: len(library.stories_with(theme.id)) for theme in library.themes}),
            by_industry=_most_first(Counter(story.industry for story in stories if story.industry)),
            by_country=_most_first(Counter(countries)),
            by_continent={continent: continents[continent] for continent in CONTINENTS},
            by_decade=_decades(years),
            without_country=len(stories) - len(countries),
            without_year=len(stories) - len(years),
        )

    def thin_spots(self) -> list[str]:
        """Where the next stories are needed most, a sentence each."""
        spots = []
        fewest = sorted(self.by_theme.items(), key=lambda theme: theme[1])[:3]
        if fewest:
            spots.append(f"Themes with the fewest stories: {_listed(f'{name} ({count})' for name, count in fewest)}.")
        for counts, one, many in (
            (self.by_industry, "industry has", "industries have"),
            (self.by_country, "country has", "countries have"),
            (self.by_continent, "continent has", "continents have"),
            (self.by_decade, "decade has", "decades have"),
        ):
            for number, stories in ((1, "one story"), (0, "no story")):
                names = [name for name, count in counts.items() if count == number]
                if names:
                    spots.append(f"{len(names)} {one if len(names) == 1 else many} {stories}: {_listed(names)}.")
        return spots


def _most_first(counts: Counts) -> Counts:
    return dict(sorted(counts.items(), key=lambda counted: (-counted[1], counted[0].casefold())))


def _decades(years: list[int]) -> Counts:
    """Every decade from the first to the last, as “1990s”."""
    decades = Counter(year // 10 * 10 for year in years)
    return {f"{decade}s": decades[decade] for decade in range(min(decades), max(decades) + 1, 10)} if decades else {}


def _listed(names: Iterable[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
