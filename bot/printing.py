"""Text for a terminal: wrapped and coloured there, plain lines when it goes to a file or to another program."""

import re

from rich.console import Console
from rich.text import Text

# What could steer a terminal or turn its text round: even the name of a file may hold it.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Page:
    """Lines on standard output, or on the error stream; NO_COLOR and the width of the terminal are heeded.

    Words are never read as markup: a company may be called “[bold]”.
    """

    def __init__(self, *, errors: bool = False) -> None:
        self.console = Console(stderr=errors, highlight=False, emoji=False)

    def line(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        """One line of parts, each plain or with a rich style: `page.line(("Zappos", "bold"), ", 2007")`."""
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
