"""An overview drawn with bars: blocks in a terminal, number signs when it goes to a file or to another program."""

from rich.cells import set_cell_size

from bot.editing.overview import Counts, Overview
from bot.terminal.printing import Page, count

NAME, BAR, NUMBER, GAP = 20, 12, 3, 3
CELL = NAME + 1 + BAR + 1 + NUMBER
TWO_CELLS = 2 * CELL + GAP  # 77: two columns fit a terminal of 80


def print_overview(page: Page, overview: Overview) -> None:
    """Totals, then bars for each side of the library. Single industries and countries are named with the thin spots."""
    stories = count(overview.stories, "story", "stories")
    companies = count(overview.companies, "company", "companies")
    industries = count(len(overview.by_industry), "industry", "industries")
    countries = count(len(overview.by_country), "country", "countries")
    themes = count(len(overview.by_theme), "theme", "themes")
    page.line((stories, "bold"), f", {overview.words:,} words: {companies}, {industries}, {countries}, {themes}")
    _print_bars(page, "theme", overview.by_theme)
    _print_bars(page, "industry", _several(overview.by_industry))
    _print_bars(page, "country", _several(overview.by_country), overview.without_country)
    _print_bars(page, "decade", overview.by_decade, overview.without_year)
    page.line()
    page.line(("Thin spots", "bold"))
    for spot in overview.thin_spots():
        page.line(spot, indent=2)


def _several(counts: Counts) -> Counts:
    return {name: number for name, number in counts.items() if number > 1}


def _print_bars(page: Page, side: str, counts: Counts, unknown: int = 0) -> None:
    """Down the first column, then down the second; the longest bar stands for the highest number."""
    page.line()
    page.line((f"By {side}", "bold"), f" ({unknown} unknown)" if unknown else "")
    names = list(counts)
    fits = not page.console.is_terminal or page.console.width >= TWO_CELLS
    rows = -(-len(names) // 2) if fits else len(names)
    for row in range(rows):
        cells = [_cell(page, name, counts) for name in names[row::rows]]
        between = [" " * GAP] if len(cells) > 1 else []
        page.line(*cells[0], *between, *(cells[1] if between else []))


def _cell(page: Page, name: str, counts: Counts) -> list[str | tuple[str, str]]:
    most = max(counts.values())
    length = max(1, round(BAR * counts[name] / most)) if counts[name] else 0
    sign = "█" if page.console.is_terminal else "#"
    cut = name if len(name) <= NAME else f"{name[: NAME - 2]}.."
    return [set_cell_size(cut, NAME), " ", (sign * length, "cyan"), " " * (BAR - length), f" {counts[name]:>{NUMBER}}"]
