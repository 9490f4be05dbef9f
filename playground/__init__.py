"""A local stand-in for Slack: a workspace with people, a Web API, and a page to look at it all.

It drives a bot only as Slack does (signed HTTP or Socket Mode) and knows nothing of what the bot is for:

    async with Playground() as slack:
        slack.install(manifest, request_url="http://127.0.0.1:3000/slack/events")
        ada = slack.person("Ada")
        await ada.types("/hello", channel="general")
        assert ada.last("general").drawn == "Hello, Ada!"
"""

from playground.inspector import Call, Delivery
from playground.person import Person, Seen, SeenView
from playground.playground import Playground
from playground.rate_limits import Limits
from playground.team import Team

__all__ = ["Call", "Delivery", "Limits", "Person", "Playground", "Seen", "SeenView", "Team"]
