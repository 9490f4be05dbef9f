"""Who the app is: https://docs.slack.dev/reference/methods/auth.test."""

from typing import Any

from playground.methods.method import Method
from playground.slack import Slack

Json = dict[str, Any]


def auth_test(slack: Slack, _arguments: Json) -> Json:
    return {
        "url": f"https://{slack.workspace.domain}.slack.com/",
        "team": slack.workspace.name,
        "user": slack.app.bot_user.name,
        "team_id": slack.workspace.team_id,
        "user_id": slack.app.bot_user.id,
        "bot_id": slack.app.bot_id,
        "is_enterprise_install": False,
    }


def api_test(_slack: Slack, arguments: Json) -> Json:
    return {"args": arguments}


METHODS = {"auth.test": Method(auth_test), "api.test": Method(api_test)}
