"""Figures as people compare them: percentiles, and Markdown tables for a README."""

import os
import platform
from collections.abc import Sequence
from math import ceil


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share (over 0, to 1) of the values does not exceed, by nearest rank."""
    return sorted(values)[ceil(share * len(values)) - 1]


def short(value: float) -> str:
    """Three digits or so, without an exponent: 12,345 · 12.3 · 0.012."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table under its title; all but the first column are set to the right."""
    widths = [max(len(row[at]) for row in (columns, *rows)) for at in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        first, *others = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
        return f"| {' | '.join([first.strip().ljust(widths[0]), *others])} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    print("", title, "", *map(line, (columns, rule, *rows)), sep="\n", flush=True)


def print_machine() -> None:
    """What was measured on, and how busy it was: other work there spoils times, and p99 first."""
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    print(f"{cores} cores, Python {platform.python_version()}; {load:.1f} processes wanted them in the last minute.")
