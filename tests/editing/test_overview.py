"""An editor looks at the library from above: what is in it, and what is missing."""

import io
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.domain.library import Library
from bot.domain.story import Source, Story, Theme
from bot.editing.continents import CONTINENTS, continent_of
from bot.editing.overview import Overview
from bot.terminal.bars import TWO_CELLS, print_overview
from bot.terminal.printing import Page

THEMES = (
    Theme(id="listening", name="Listening", emoji="ear", meaning="Hearing what is said."),
    Theme(id="ownership", name="Ownership", emoji="raised_hand", meaning="Making it your own task."),
    Theme(id="craft", name="Craft", emoji="hammer", meaning="Doing it well."),
)


def story(industry: str = "ferries", country: str | None = "Norway", year: int | None = 1998) -> Story:
    return Story(
        id="the-umbrella",
        title="The umbrella that crossed the bay",
        company="Harbour Ferries",
        industry=industry,
        country=country,
        year=year,
        channel="in person",
        themes=("listening", "ownership"),
        summary="A deckhand noticed the umbrella left on a bench.",
        story="word " * 100,
        takeaway="Carry it across yourself.",
        question="What do we hand on that we could carry?",
        sources=(Source(title="The harbour paper", document="harbour.txt"),),
    )


def seen(*stories: Story) -> Overview:
    return Overview.of(Library(stories, THEMES))


def drawn(overview: Overview) -> str:
    with redirect_stdout(io.StringIO()) as out:
        print_overview(Page(), overview)
    return out.getvalue()


def test_the_most_told_comes_first_and_time_goes_forward() -> None:
    overview = seen(story("hotel", "Japan", 2011), story(year=1985), story("hotel", None, None))
    assert (overview.stories, overview.words, overview.companies) == (3, 300, 1)
    assert list(overview.by_theme.items()) == [("Listening", 3), ("Ownership", 3), ("Craft", 0)]
    assert list(overview.by_industry.items()) == [("hotel", 2), ("ferries", 1)]
    assert list(overview.by_decade.items()) == [("1980s", 1), ("1990s", 0), ("2000s", 0), ("2010s", 1)]
    assert (overview.without_country, overview.without_year) == (1, 1)


def test_thin_spots_are_named() -> None:
    spots = seen(story("hotel", "Japan", 2011), story(year=1985), story("hotel", "Norway", 2012)).thin_spots()
    assert spots == [
        "Themes with the fewest stories: Craft (0), Listening (3) and Ownership (3).",
        "1 industry has one story: ferries.",
        "1 country has one story: Japan.",
        "1 continent has one story: Asia.",
        "4 continents have no story: Africa, North America, Oceania and South America.",
        "1 decade has one story: 1980s.",
        "2 decades have no story: 1990s and 2000s.",
    ]


@pytest.mark.parametrize(
    ("country", "continent"),
    [
        ("Japan", "Asia"),
        ("united states", "North America"),
        ("Türkiye", "Asia"),
        ("South Africa", "Africa"),
        ("Oz", None),
    ],
)
def test_a_country_is_on_its_continent(country: str, continent: str | None) -> None:
    assert continent_of(country) == continent


def test_every_country_of_the_library_that_comes_along_is_placed(library: Library) -> None:
    assert {story.country for story in library.stories if story.country and not continent_of(story.country)} == set()
    assert sum(Overview.of(library).by_continent.values()) > len(CONTINENTS)


def test_bars_stand_for_the_numbers() -> None:
    page = drawn(seen(*[story("hotel", "Japan", 2011)] * 6, *[story(year=1995)] * 3))
    assert page.splitlines()[0] == "9 stories, 900 words: 1 company, 2 industries, 2 countries, 3 themes"
    assert "hotel                ############   6   ferries              ######         3\n" in page
    assert "1990s                ######         3   2010s                ############   6\n" in page
    assert "2000s                               0\n" in page
    assert "By country\n" in page


def test_a_library_without_stories_is_drawn_too() -> None:
    assert drawn(Overview.of(Library((), ()))).startswith("0 stories, 0 words: 0 companies")


STORIES = st.lists(
    st.builds(
        story,
        industry=st.text("aé界 ,", min_size=1, max_size=40).filter(str.strip),
        country=st.none() | st.sampled_from(["Japan", "Norway", "Bosnia and Herzegovina", "Narnia"]),
        year=st.none() | st.integers(1800, 2100),
    ),
    min_size=1,
    max_size=30,
)


@given(STORIES)
def test_every_story_is_counted_once_on_each_side(stories: list[Story]) -> None:
    overview = seen(*stories)
    assert sum(overview.by_industry.values()) == len(stories)
    assert sum(overview.by_country.values()) + overview.without_country == len(stories)
    assert sum(overview.by_decade.values()) + overview.without_year == len(stories)


@given(STORIES)
def test_the_bars_fit_a_terminal_of_80_columns(stories: list[Story]) -> None:
    bars, thin = drawn(seen(*stories)).split("Thin spots")
    assert all(cell_len(line) <= TWO_CELLS <= 80 for line in bars.splitlines())
    assert thin


def test_the_readme_shows_what_stats_prints() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, "-m", "bot", "stats"], capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout
    totals, themes, *_ = printed.split("\n\n")
    assert f"{totals}\n\n{themes}\n```" in readme
