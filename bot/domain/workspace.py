"""Where something happens and who does it: every key of what is kept begins with the workspace."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Workspace:
    """A Slack workspace by its ids; `enterprise_id` is empty outside of an Enterprise organisation."""

    enterprise_id: str
    team_id: str

    def __post_init__(self) -> None:
        if not self.team_id:
            raise ValueError("a workspace needs a team_id")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who asks, in the workspace that they ask in.

    `is_stranger` says that they belong to another workspace and meet us in a shared channel: they are told what
    everybody may know, never what a team told its own people.
    """

    workspace: Workspace
    user_id: str
    is_stranger: bool = False
