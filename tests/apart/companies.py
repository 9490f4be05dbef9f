"""Companies that share one bot and know nothing of each other: what their people say holds a word of their own."""

import re
from dataclasses import dataclass
from typing import Any

from playground import Person, Playground, Team
from playground.workspace import Organisation

DESKS = tuple(f"desk-{number}" for number in range(12))
"""Channels beside #general, in which nobody is a guest or a stranger; the bot is invited to the first half."""


@dataclass(frozen=True, slots=True)
class Company:
    """A workspace, perhaps of an organisation; `word` begins everything that is written there."""

    team: Team
    word: str
    people: tuple[Person, ...]
    roof: Organisation | None = None

    @property
    def installer(self) -> Person:
        return self.people[0]

    @property
    def has_a_token(self) -> bool:
        try:
            return bool(self.team.bot_token)
        except LookupError:
            return False

    def says(self, what: str) -> str:
        """A word that only this company can know."""
        return self.word + re.sub(r"[^a-z]", "", what.lower())

    def owns(self, mark: str) -> bool:
        """Whether a word, an id or a trigger is this company's; what an organisation shares is everybody's there."""
        workspace, slack = self.team.workspace, self.team._slack
        return (
            mark.startswith(self.word)
            or mark in (self.team.team_id, slack.app.bot_id, self.roof and self.roof.id)
            or mark in workspace.users
            or mark in workspace.channels
            or slack.capabilities.gave(mark)
        )

    def is_told_of(self, payload: dict[str, Any]) -> bool:
        """Whether something that Slack sent happened here."""
        return self.team.team_id == (payload.get("team_id") or (payload.get("team") or {}).get("id"))


def companies(slack: Playground) -> list[Company]:
    """Three workspaces, and an organisation with two."""
    organisation, under_it = slack.add_organisation("Globex", ["Marimba", "Tarsier"])
    alone = [_peopled(slack.add_team(name)) for name in ("Zanzibar", "Quagga", "Xylograph")]
    marimba, tarsier = (_peopled(team, organisation) for team in under_it)
    # An organisation's people may be in several of its workspaces, under one id.
    _is_also(tarsier.people[1], marimba.people[1].id)
    return [*alone, marimba, tarsier]


def _is_also(person: Person, user_id: str) -> None:
    workspace, before = person._slack.workspace, person.id
    person.user.id = user_id
    workspace.users[user_id] = workspace.users.pop(before)
    for channel in workspace.channels.values():
        channel.members = {user_id if member == before else member for member in channel.members}


def _peopled(team: Team, roof: Organisation | None = None) -> Company:
    word = team.workspace.name.lower()
    for desk in DESKS:
        team.add_channel(desk, [])
    inside = ("general", *DESKS)
    people = (
        team.add_person(f"{word}zoe", role="admin", channels=inside),
        team.add_person(f"{word}yan", role="admin", channels=inside),
        team.add_person(f"{word}vic", channels=inside, tz="Asia/Kolkata"),
        team.add_person(f"{word}una", channels=inside),
        team.add_person(f"{word}gus", role="guest"),
        team.add_person(f"{word}eve", role="stranger"),
    )
    return Company(team, word, people, roof)
