"""Groups of people: https://docs.slack.dev/reference/methods (usergroups.*)."""

from typing import Any

from playground import payloads
from playground.errors import Refusal
from playground.methods.method import Method, flag, required
from playground.slack import Slack

Json = dict[str, Any]


def list_groups(slack: Slack, arguments: Json) -> Json:
    with_users, with_count = flag(arguments, "include_users"), flag(arguments, "include_count")
    groups = slack.workspace.user_groups.values()
    return {"usergroups": [payloads.user_group(slack.workspace, group, with_users, with_count) for group in groups]}


def list_users(slack: Slack, arguments: Json) -> Json:
    group = slack.workspace.user_groups.get(str(required(arguments, "usergroup")))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.members)}


METHODS = {
    "usergroups.list": Method(list_groups, "usergroups:read"),
    "usergroups.users.list": Method(list_users, "usergroups:read"),
}
