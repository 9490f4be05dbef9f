"""Sees whatever leaves a company: in a call, an answer, the log, the metrics or the database.

It is known by the words and the ids that some company has. Stories of the packs are everybody's: of those that somebody
saved a list is held against what they saved there.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from prometheus_client import generate_latest

from bot.blocks import ids
from bot.seeing import metrics
from playground import Call, Delivery, Playground
from playground.drawing import elements
from tests.apart.companies import Company
from tests.installing.kept import everything

_ID = r"\b[A-Z]0[A-Z0-9]{9}\b"
_TRIGGER = r"\b\d{13}\.\d+\.[0-9a-f]{32}\b"
_TOKEN = re.compile(r"xox[a-z][.-]\w+")
# The arguments of a call that say whom it is about.
_ABOUT = ("channel", "user", "users", "user_id", "usergroup")

_DONE = ("submissions", "audit", "drafts", "stories", "tried", "saved")


class LeakError(AssertionError):
    """Something of one company was seen at another."""


class Watch:
    """`log` gives what was logged since it was last asked."""

    def __init__(self, slack: Playground, companies: Sequence[Company], folder: Path, log: Callable[[], str]) -> None:
        self._slack = slack
        self._companies = companies
        self._folder = folder
        self._log = log
        words = "|".join(company.word for company in companies)
        self._words = re.compile(rf"(?:{words})[a-z]*", re.IGNORECASE)
        self._ids = re.compile(rf"{_ID}|{_TRIGGER}")
        self._seen = 0
        self.calls = self.answers = 0

    def look(self) -> list[Delivery]:
        """Look at all that went to and fro since the last time, which is given; LeakError tells what was where."""
        inspector = self._slack._cloud.inspector
        new = list(islice(reversed(inspector.entries), inspector.seen - self._seen))[::-1]
        self._seen = inspector.seen
        told = [entry for entry in new if isinstance(entry, Delivery)]
        for delivery in told:
            self._look_at_answer(delivery)
        for call in (entry for entry in new if isinstance(entry, Call)):
            self._look_at_call(call, told)
        self._look_at_log()
        self._look_at_metrics()
        return told

    def look_at_rows(self) -> int:
        """Hold every row of every table against the workspace in its key; how many there are."""
        count = 0
        for table, rows in everything(self._folder).items():
            for row in rows:
                count += 1
                text = json.dumps(row, default=str)
                if "team_id" not in row:
                    self._none(text, self.marks(text), f"a row of {table}, which is nobody's")
                    continue
                whose = [company for company in self._companies if _is_kept_for(row, company)]
                if not whose:
                    raise LeakError(
                        f"a row of {table} is kept for nobody: {row['enterprise_id']!r}, {row['team_id']!r}"
                    )
                strange = {mark for mark in self.marks(text) if not any(company.owns(mark) for company in whose)}
                self._none(text, strange, f"a row of {table} of {whose[0].word}")
        return count

    def rows_of_others(self, company: Company) -> dict[str, list[dict[str, Any]]]:
        """What other companies' people have done, by table; what the clock does meanwhile is left out."""
        kept = everything(self._folder)
        return {table: [row for row in kept[table] if row["team_id"] != company.team.team_id] for table in _DONE}

    def marks(self, *parts: object) -> set[str]:
        """What is somebody's in these texts: words, and ids that some company has."""
        text = "\n".join(part if isinstance(part, str) else json.dumps(part) for part in parts)
        ids = {found for found in self._ids.findall(text) if any(company.owns(found) for company in self._companies)}
        return ids | self._words_in(text)

    def _words_in(self, text: str) -> set[str]:
        return {word.lower() for word in self._words.findall(text)}

    def _look_at_answer(self, delivery: Delivery) -> None:
        """An answer holds what is of the company itself, and what its person has said."""
        self.answers += 1
        company = next((one for one in self._companies if one.is_told_of(delivery.payload)), None)
        marks = self.marks(delivery.answer) - self.marks(delivery.payload)
        strange = {mark for mark in marks if not (company and company.owns(mark))}
        self._none(
            delivery.answer, strange, f"the answer to {delivery.kind} {delivery.name} of {company and company.word}"
        )
        if company and delivery.kind == "command" and _is_a_stranger(delivery, company):
            words = {mark for mark in marks if mark.startswith(company.word)}
            self._none(delivery.answer, words, f"the answer to {delivery.payload['text']!r} of a stranger")
        if company and delivery.kind == "command":
            self._look_at_saved(delivery, company)

    def _look_at_saved(self, delivery: Delivery, company: Company) -> None:
        shown = elements((delivery.answer or {}).get("blocks") or [])
        listed = {element["value"] for _, element in shown if element.get("action_id", "").startswith(ids.UNSAVE)}
        who = (company.team.team_id, delivery.payload["user_id"])
        kept = everything(self._folder)["saved"] if listed else []
        theirs = {row["story_id"] for row in kept if (row["team_id"], row["user_id"]) == who}
        self._none(delivery.answer, listed - theirs, f"what {who[1]} saved at {company.word}")

    def _look_at_call(self, call: Call, told: Iterable[Delivery]) -> None:
        """All of a call is about one company, by whose token it is made.

        What somebody of that company named a moment ago may be named again; it may be whom the call is about, if Slack
        refused it.
        """
        self.calls += 1
        may = [company for company in self._companies if call.owner in (company.team.team_id, _roof_id(company))]
        said = self.marks(*(one.payload for one in told if any(company.is_told_of(one.payload) for company in may)))
        if call.ok:
            said -= {str(call.arguments.get(name)) for name in _ABOUT}
        strange = [
            {mark for mark in self.marks(call.arguments) - said if not company.owns(mark)} for company in may
        ] or [self.marks(call.arguments)]
        self._none(call.arguments, min(strange, key=len), f"{call.method} with the token of {call.owner}")

    def _look_at_log(self) -> None:
        logged = self._log()
        self._none(logged, self._words_in(logged), "the log")

    def _look_at_metrics(self) -> None:
        told = generate_latest(metrics.REGISTRY).decode()
        self._none(told, self.marks(told), "the metrics")

    def _none(self, where: Any, strange: set[str], what: str) -> None:
        text = where if isinstance(where, str) else json.dumps(where)
        if strange or _TOKEN.search(text):
            raise LeakError(f"{', '.join(sorted(strange)) or 'A token'} in {what}: {text[:3000]}")


def _is_kept_for(row: dict[str, Any], company: Company) -> bool:
    """An organisation's own rows bear its id, or none, where others bear a workspace's."""
    if row["enterprise_id"] != _roof_id(company):
        return False
    return row["team_id"] == company.team.team_id or bool(company.roof and row["team_id"] in ("", company.roof.id))


def _roof_id(company: Company) -> str:
    return company.roof.id if company.roof else ""


def _is_a_stranger(delivery: Delivery, company: Company) -> bool:
    return company.team.workspace.users[delivery.payload["user_id"]].team_id != company.team.team_id
