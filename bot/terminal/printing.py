"""Text for a terminal: wrapped and coloured there, plain lines when it goes to a file or to another program."""

import re
from collections.abc import Sequence
from itertools import groupby

from bot.domain.library import Library
from bot.domain.match import Match
from bot.domain.story import Story
from bot.errors import Problem
from bot.reading.strict_yaml import quoted

# What could steer a terminal or turn its text round: even the name of a file may hold it.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Page:
    """Lines on standard output, or on the error stream; NO_COLOR and the width of the terminal are heeded.

    Words are never read as markup: a company may be called “[bold]”.
    """

    def __init__(self, *, errors: bool = False) -> None:
        from rich.console import Console  # here and below: a bot that runs prints no page, and starts sooner without

        self.console = Console(stderr=errors, highlight=False, emoji=False)

    def line(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        """One line of parts, each plain or with a rich style: `page.line(("Zappos", "bold"), ", 2007")`."""
        from rich.text import Text

        text = Text()
        for part in parts:
            words, style = part if isinstance(part, tuple) else (part, "")
            text.append(_STEERING.sub("?", words), style)
        if not self.console.is_terminal:
            self.console.print(Text(" " * indent).append_text(text), soft_wrap=True)
            return
        for piece in text.wrap(self.console, max(self.console.width - indent, 20)) or [text]:
            piece.rstrip()
            self.console.print(Text(" " * indent).append_text(piece), soft_wrap=True)


def count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def print_matches(page: Page, query: str, matches: Sequence[Match], *, is_mashed: bool) -> None:
    """`is_mashed` tells of a query that is no word of any language."""
    if not any(match.is_strong for match in matches):
        if is_mashed:
            page.line(f"Nothing can be made of {quoted(query)}. Try a few words, or a theme.")
            return
        page.line(f"There is no story on {quoted(query)}.", " The nearest:" if matches else "")
    for match in matches:
        page.line()
        page.line((match.story.title, "bold"), f" · {_setting(match.story)}")
        page.line(match.story.summary, indent=2)
        page.line((f"why: {', '.join(map(str, match.why))} ({match.strength})", "italic"), indent=2)
        page.line((f"storybot show {match.story.id}", "dim"), indent=2)


def print_story(page: Page, story: Story, library: Library) -> None:
    page.line((story.title, "bold"))
    page.line(_setting(story))
    page.line((" · ".join(theme.name for theme in library.themes_of(story)), "italic"))
    for paragraph in story.story.split("\n\n"):
        page.line()
        page.line(" ".join(paragraph.split()))
    page.line()
    if story.takeaway:
        page.line(("Takeaway: ", "bold"), story.takeaway)
    if story.question:
        page.line(("To discuss: ", "bold"), story.question)
    if story.differs:
        page.line(("Accounts differ: ", "bold"), " ".join(story.differs.split()))
    if story.told_by:
        page.line(("Told by: ", "bold"), story.told_by)
    for source in story.sources:
        told = [source.title, source.author, source.publisher, source.url or source.document]
        page.line(("Source: ", "bold"), ", ".join(filter(None, told)))


def _setting(story: Story) -> str:
    """Who, where and when, as far as it is known."""
    known = (story.company, story.place or story.country, story.year)
    return ", ".join(str(part) for part in known if part)


def print_problems(page: Page, problems: Sequence[Problem]) -> None:
    """Grouped by file for people; one `file:line: …` a line for editors and other programs."""
    if not page.console.is_terminal:
        for problem in problems:
            page.line(str(problem))
        return
    for path, of_file in groupby(problems, key=lambda problem: problem.path):
        page.line((path, "bold"))
        for problem in of_file:
            line = "" if problem.line is None else f"line {problem.line}: "
            page.line((line, "cyan"), problem.what, " ", (problem.mend, "green"), indent=2)
