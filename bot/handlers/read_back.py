"""Looks in a channel's history for posts of which nobody knows, by the key that went along with them unseen."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.clients import ClientOf
from bot.domain.clock import Now
from bot.domain.outgoing import Kind, Lost, Posted
from bot.domain.workspace import Workspace
from bot.services.lost_posts import LostPosts
from bot.slack_errors import FAILED, error_of, is_refused_for_now, is_unconfirmed, retry_after

log = logging.getLogger(__name__)


METADATA = "storybot_week"
# Messages bear the time of Slack's clock, and a period is asked for by ours: so far apart they may be.
_EARLIER = timedelta(hours=1)
_PAGE = 100
_PAGES = 20
_AGAIN_AFTER = timedelta(seconds=30)


def metadata(kind: Kind, key: str) -> dict[str, Any]:
    """What goes along with a post, or its question, unseen, and is looked for here."""
    return {"event_type": METADATA, "event_payload": {"key": key, "kind": kind}}


class UnreadableError(Exception):
    """More was said since than is read for one post."""


class ReadBack:
    """Where Slack answers "not now", or nothing, the workspace's posts are looked for a little later."""

    def __init__(self, lost_posts: LostPosts, client_of: ClientOf, now: Now) -> None:
        self._lost_posts = lost_posts
        self._client_of = client_of
        self._now = now
        self._not_before: dict[Workspace, datetime] = {}

    async def look(self) -> None:
        """Look for everything whose time has come."""
        now = self._now()
        self._not_before = {workspace: until for workspace, until in self._not_before.items() if until > now}
        for lost in await self._lost_posts.due():
            if lost.outgoing.workspace not in self._not_before:
                await self._look_for(lost)

    async def _look_for(self, lost: Lost) -> None:
        try:
            posted = await self._posted(lost)
        except (*FAILED, UnreadableError) as failed:
            error = error_of(failed) or type(failed).__name__
            if is_refused_for_now(failed) or is_unconfirmed(failed):
                log.warning("A channel cannot be read yet (%s)", error)
                wait = max(retry_after(failed) or _AGAIN_AFTER, _AGAIN_AFTER)
                self._not_before[lost.outgoing.workspace] = self._now() + wait
                return
            log.error("A channel cannot be read, so somebody is asked whether a post is there (%s)", error)
            await self._lost_posts.cannot_look(lost)
        else:
            await (self._lost_posts.found(lost, posted) if posted else self._lost_posts.not_found(lost))

    async def _posted(self, lost: Lost) -> Posted | None:
        """Where the post stands; None when it is not there."""
        client = await self._client_of(lost.outgoing.workspace)
        wanted = metadata(lost.outgoing.kind, lost.key)
        asked: dict[str, Any] = {
            "channel": lost.outgoing.to,
            "oldest": f"{(lost.said_at - _EARLIER).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": _PAGE,
        }
        read = client.conversations_history
        if lost.thread:
            read = partial(client.conversations_replies, ts=lost.thread.ts)
        cursor = None
        for _ in range(_PAGES):
            page = await read(**asked, cursor=cursor)
            for message in page["messages"]:
                if _same(message.get("metadata"), wanted):
                    return Posted(lost.outgoing.to, message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        raise UnreadableError


def _same(metadata: object, wanted: Mapping[str, Any]) -> bool:
    """Slack may add to what was sent along."""
    return isinstance(metadata, Mapping) and all(metadata.get(name) == value for name, value in wanted.items())
