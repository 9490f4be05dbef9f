"""Modals and the Home tab: https://docs.slack.dev/reference/methods (views.*)."""

from typing import Any

from playground import limits
from playground.errors import Refusal
from playground.methods.method import Method, required, user_of
from playground.slack import Slack
from playground.workspace import View

Json = dict[str, Any]


def open_view(slack: Slack, arguments: Json) -> Json:
    body = _modal(slack, arguments)
    trigger = slack.capabilities.redeem(str(required(arguments, "trigger_id")))
    stack = slack.workspace.stack(trigger.user_id)
    under = stack[-1] if trigger.view_id and stack else None
    if under is None:
        stack.clear()
    elif len(stack) >= limits.STACK:
        raise Refusal("push_limit_reached")
    return _shown(slack, slack.workspace.new_view(trigger.user_id, body, under, trigger.channel_id))


def push_view(slack: Slack, arguments: Json) -> Json:
    body = _modal(slack, arguments)
    trigger = slack.capabilities.redeem(str(required(arguments, "trigger_id")))
    stack = slack.workspace.stack(trigger.user_id)
    if trigger.view_id is None or not stack:
        raise Refusal("invalid_trigger_id")
    if len(stack) >= limits.STACK:
        raise Refusal("push_limit_reached")
    return _shown(slack, slack.workspace.new_view(trigger.user_id, body, stack[-1]))


def update_view(slack: Slack, arguments: Json) -> Json:
    limits.check_view(arguments.get("view"))
    external_id = arguments.get("external_id")
    view = slack.workspace.view(str(arguments.get("view_id") or ""))
    if external_id:
        view = _with_external_id(slack, external_id)
    if view is None:
        raise Refusal("not_found")
    if arguments.get("hash") and arguments["hash"] != view.hash:
        raise Refusal("hash_conflict")
    slack.redraw(view, arguments["view"])
    return {"view": slack.view_payload(view)}


def publish_view(slack: Slack, arguments: Json) -> Json:
    user = user_of(slack, arguments.get("user_id"))
    limits.check_view(arguments.get("view"))
    body = arguments["view"]
    if body["type"] != "home":
        raise Refusal("invalid_arguments", ["only a view of type home can be published [json-pointer:/view/type]"])
    home = slack.workspace.homes.get(user.id)
    if home is None:
        home = slack.workspace.homes[user.id] = slack.workspace.new_view(user.id, body)
        slack.workspace.changed()
    elif arguments.get("hash") and arguments["hash"] != home.hash:
        raise Refusal("hash_conflict")
    else:
        slack.redraw(home, body)
    return {"view": slack.view_payload(home)}


def _modal(slack: Slack, arguments: Json) -> Json:
    body: Json = arguments.get("view") or {}
    limits.check_view(body)
    if body["type"] != "modal":
        raise Refusal("invalid_arguments", ["only a view of type modal can be opened [json-pointer:/view/type]"])
    if body.get("external_id") and _with_external_id(slack, body["external_id"]):
        raise Refusal("duplicate_external_id")
    return body


def _with_external_id(slack: Slack, external_id: str) -> View | None:
    open_views = (view for stack in slack.workspace.modals.values() for view in stack)
    return next((view for view in open_views if view.body.get("external_id") == external_id), None)


def _shown(slack: Slack, view: View) -> Json:
    slack.show(view)
    return {"view": slack.view_payload(view)}


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push_view),
    "views.update": Method(update_view),
    "views.publish": Method(publish_view),
}
