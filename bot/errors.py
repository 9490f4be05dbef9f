"""Two kinds of trouble: words meant for a person, and problems in files that somebody can mend."""

from dataclasses import dataclass


class UserError(Exception):
    """Something a person in Slack can act on; its message is shown to them as it stands."""


class StoreUnavailableError(Exception):
    """What is kept cannot be read or written just now; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file or in the environment, said so that whoever reads it can mend it."""

    path: str
    line: int | None
    what: str
    mend: str

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.what} {self.mend}".rstrip()


class ProblemsError(Exception):
    """Every problem that was found, told together; the terminal shows them and exits with status 2."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class TooSlowError(StoreUnavailableError):
    """Whatever has to be known, or kept, takes longer than Slack waits for an answer."""
