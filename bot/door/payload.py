"""The shape of what Slack sends, as far as listeners trust it; what has another is not read at all.

Source: https://docs.slack.dev/reference/interaction-payloads, and the form of a slash command. Whatever else a payload
holds is left as it is, and so is an event, of which there are many kinds: who hears one looks at what it holds.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# As long as our columns; Slack's own are shorter.
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,20}$")]
# PostgreSQL takes no null character; pydantic itself refuses halves of characters.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]


_BY_SOMEBODY = frozenset({"block_actions", "block_suggestion", "message_action", "shortcut", "view_submission"})


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True)


class _Named(_Shape):
    """A channel, a workspace or an organisation."""

    id: Id | None = None


class _Somebody(_Shape):
    id: Id


class _Container(_Shape):
    channel_id: Id | None = None
    message_ts: Text | None = None
    thread_ts: Text | None = None


class _Message(_Shape):
    user: Id | None = None
    ts: Text | None = None
    thread_ts: Text | None = None


class _Action(_Shape):
    type: str | None = None
    action_id: Text
    block_id: Text | None = None
    value: Text | None = None

    @model_validator(mode="after")
    def _buttons_carry_something(self) -> "_Action":
        if self.type == "button" and self.value is None:
            raise ValueError("every button of ours has a value")
        return self


class _State(_Shape):
    values: dict[str, dict[str, dict[str, Any]]]


class _View(_Shape):
    id: Text | None = None
    callback_id: Text | None = None
    private_metadata: Text | None = None
    state: _State | None = None


class _Event(_Shape):
    type: Text | None = None


class _Command(_Shape):
    """A slash command alone, which has no `type`: it is most of what people wait for."""

    team_id: Id | None = None
    user_id: Id | None = None
    enterprise_id: Id | None = None
    channel_id: Id | None = None
    trigger_id: Text | None = None
    response_url: Text | None = None


class _Payload(_Command):
    type: str | None = None
    user: _Somebody | None = None
    team: _Named | None = None
    enterprise: _Named | None = None
    channel: _Named | None = None
    message: _Message | None = None
    view: _View | None = None
    container: _Container | None = None
    actions: Annotated[list[_Action], Field(min_length=1)] | None = None
    action_id: Text | None = None
    block_id: Text | None = None
    callback_id: Text | None = None
    event: _Event | None = None
    event_id: Text | None = None
    value: Text | None = None

    @model_validator(mode="after")
    def _tells_what_it_is_about(self) -> "_Payload":
        if self.type in _BY_SOMEBODY and not self.user:
            raise ValueError("somebody did it")
        if self.type == "block_actions" and not (self.actions and self.container):
            raise ValueError("a click is on an element, which stands somewhere")
        if self.type == "block_suggestion" and not (self.action_id and self.block_id):
            raise ValueError("options are asked for by an element in a block")
        return self


def check(body: Mapping[str, Any]) -> None:
    """ValueError when a payload has not Slack's shape."""
    is_command = "command" in body and "type" not in body
    (_Command if is_command else _Payload).model_validate(body)
