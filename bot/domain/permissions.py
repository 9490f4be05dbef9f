"""Who may do what: the one table that every command, click, view and shortcut is held against."""

from collections.abc import Collection
from enum import StrEnum, auto


class Role(StrEnum):
    """What somebody is in the workspace; one person can be several, such as admin and moderator."""

    MEMBER = auto()
    MODERATOR = auto()
    ADMIN = auto()
    INSTALLER = auto()
    """Whoever installed the bot, as long as nobody has chosen who moderates."""
    GUEST = auto()
    SINGLE_CHANNEL_GUEST = auto()
    STRANGER = auto()
    BOT = auto()
    DEACTIVATED = auto()


class Action(StrEnum):
    """What can be wished for, apart from the gesture that asks for it."""

    READ = auto()
    SHARE = auto()
    SUBMIT = auto()
    KEEP_OWN = auto()
    """Look at, change and withdraw what one has submitted."""
    MODERATE = auto()
    CHOOSE_MODERATION = auto()
    """Say who reviews a workspace's stories, and where."""
    SCHEDULE = auto()
    """Set up, change and use a channel's story of the week."""
    SEE_SCHEDULES = auto()
    REACT = auto()
    """Say that one tried it; save a story."""


_EVERYBODY = frozenset(Role)
_AT_HOME = frozenset({Role.MEMBER, Role.MODERATOR, Role.ADMIN, Role.INSTALLER})
_GUESTS = frozenset({Role.GUEST, Role.SINGLE_CHANNEL_GUEST})

ALLOWED: dict[Action, frozenset[Role]] = {
    # Nothing is asked of Slack before an answer, so whoever Slack lets ask is answered; strangers and what a team
    # told its own people are kept apart where stories are found.
    Action.READ: _EVERYBODY,
    Action.SHARE: _EVERYBODY,
    Action.SUBMIT: _AT_HOME | {Role.GUEST},
    Action.KEEP_OWN: _AT_HOME | {Role.GUEST},
    Action.MODERATE: frozenset({Role.MODERATOR}),
    Action.CHOOSE_MODERATION: frozenset({Role.ADMIN, Role.INSTALLER}),
    Action.SCHEDULE: frozenset({Role.MODERATOR, Role.ADMIN}),
    Action.SEE_SCHEDULES: _AT_HOME,
    Action.REACT: _AT_HOME | _GUESTS,
}
"""Any of somebody's roles suffices."""

REFUSALS: dict[Action, str] = {
    Action.SUBMIT: "Only people of this workspace can submit stories here. Ask one of them to tell yours.",
    Action.KEEP_OWN: "Only people of this workspace have stories here.",
    Action.MODERATE: "Only moderators decide about stories. A workspace admin chooses who does, in my Home tab.",
    Action.CHOOSE_MODERATION: "Only workspace admins choose who reviews stories. Ask one of them to.",
    Action.SCHEDULE: "Only moderators and workspace admins can change the story of the week. Ask one of them to.",
    Action.SEE_SCHEDULES: "Only people of this workspace can see where its story of the week is told.",
    Action.REACT: "Only people of this workspace can do that here.",
}


def needs_roles(action: Action) -> bool:
    """Whether it matters who somebody is."""
    return ALLOWED.get(action, frozenset()) != _EVERYBODY


def is_trusted_to_few(action: Action) -> bool:
    """Whether being a member is not enough."""
    return Role.MEMBER not in ALLOWED.get(action, frozenset())


def may(action: Action, roles: Collection[Role], *, members_schedule: bool = False) -> bool:
    """Whether one of these roles suffices; `members_schedule` is a workspace's setting that opens `SCHEDULE` to all
    its members.
    """
    if action is Action.SCHEDULE and members_schedule and Role.MEMBER in roles:
        return True
    return not ALLOWED.get(action, frozenset()).isdisjoint(roles)
