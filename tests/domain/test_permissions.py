"""Who may do what: the document says what the code does."""

from pathlib import Path

from bot.domain.permissions import ALLOWED, Action, Role, may
from bot.handlers.permissions import EVENTS, MENUS, WAYS

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"


def table() -> list[str]:
    """The rows of the document, as the code has them."""
    head = ["what", *map(named, Role)]
    rows = [[named(action), *("yes" if role in ALLOWED[action] else "–" for role in Role)] for action in Action]
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def ways() -> list[str]:
    every = {**EVENTS, **WAYS, **MENUS}
    rows = [[named(action), ", ".join(f"`{name}`" for name in every if every[name] is action)] for action in Action]
    return [_row(["what", "asked for by"]), _row(["---"] * 2), *map(_row, rows)]


def named(value: str) -> str:
    return value.replace("_", " ")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def test_the_document_holds_the_table_of_the_code() -> None:
    written = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    assert written == [*table(), *ways()]


def test_nobody_without_a_role_may_anything_and_unknown_wishes_are_nobodys() -> None:
    assert not any(may(action, ()) for action in Action)
    assert not any(may("no such action", {role}) for role in Role)  # type: ignore[arg-type]
