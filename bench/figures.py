"""Figures as people compare them: percentiles, and tables that can be pasted into a README."""

from collections.abc import Sequence
from math import ceil

from rich import box
from rich.console import Console
from rich.table import Table


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share (0 to 1) of the values does not exceed, by nearest rank."""
    return sorted(values)[ceil(share * len(values)) - 1]


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table under its title; all but the first column are set to the right."""
    table = Table(box=box.MARKDOWN)
    for at, column in enumerate(columns):
        table.add_column(column, justify="right" if at else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console(width=200)
    console.print(f"\n{title}", highlight=False)
    console.print(table)


def short(value: float) -> str:
    """Three significant digits, without an exponent: 12,345 · 12.3 · 0.0123."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"
