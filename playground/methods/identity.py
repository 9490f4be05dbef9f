"""Who the app is: https://docs.slack.dev/reference/methods/auth.test."""

from typing import Any

from playground.methods.method import Method
from playground.slack import Slack

Json = dict[str, Any]


def auth_test(slack: Slack, _arguments: Json) -> Json:
    """Who the token speaks for; with an organisation's token its `team_id` is the organisation's (unproven)."""
    roof = slack.workspace.organisation
    is_org_wide = slack.app.is_org_wide and roof is not None
    return {
        "url": f"https://{slack.workspace.domain}.slack.com/",
        "team": roof.name if roof and is_org_wide else slack.workspace.name,
        "user": slack.app.bot_user.name,
        "team_id": roof.id if roof and is_org_wide else slack.workspace.team_id,
        "user_id": slack.app.bot_user.id,
        "bot_id": slack.app.bot_id,
        **({"enterprise_id": roof.id} if roof else {}),
        "is_enterprise_install": is_org_wide,
    }


def api_test(_slack: Slack, arguments: Json) -> Json:
    return {"args": arguments}


METHODS = {"auth.test": Method(auth_test), "api.test": Method(api_test)}
