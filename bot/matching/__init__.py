"""From what somebody typed to ranked stories, each with why. No Slack, no SQL."""

from bot.matching.matcher import Matcher

__all__ = ["Matcher"]
