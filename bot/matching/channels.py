"""How people say by which channel a customer and a company were in touch: "on the phone" is not about phones."""

from collections.abc import Mapping, Sequence

SAID: Mapping[str, Sequence[str]] = {
    "phone": ("on the phone", "over the phone", "by phone", "by telephone", "phone call", "on a call"),
    "letter": ("by letter", "in a letter", "in writing", "by post", "by mail"),
    "email": ("by email", "by e-mail", "per email", "in an email", "over email"),
    "live chat": ("in the chat", "in a chat", "on chat", "over chat", "by chat", "chat support", "chat agent"),
    "social media": ("on social media", "on twitter", "on facebook", "on instagram"),
    "in person": ("in person", "face to face", "in the store", "in the shop", "at the counter", "at the desk"),
}
"""Channels, as stories name them, to phrases."""

WEIGHT = 8.0
"""As much as a story's first theme: whoever says it so means nothing else."""

_PREFIX = "channel:"


def phrase_id(channel: str) -> str:
    """The id under which a channel's phrases stand among those of themes; no theme's id has a colon."""
    return f"{_PREFIX}{channel}"


def is_phrase(spoken_id: str) -> bool:
    return spoken_id.startswith(_PREFIX)
