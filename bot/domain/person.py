"""Somebody in a workspace, as Slack knows them just now."""

from dataclasses import dataclass, field

from bot.domain.permissions import Role
from bot.domain.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Person:
    """`zone` is the IANA name of their time zone, as their Slack profile says."""

    workspace: Workspace
    user_id: str
    name: str
    roles: frozenset[Role] = field(default=frozenset())
    zone: str = "UTC"
