"""`make try`: Storybot and a stand-in for Slack on this machine, with a page to try it in."""

import argparse
import asyncio
import os
import signal
import socket
import sys
import webbrowser

from bot.app import try_out
from playground import Playground

USUAL_PORT = 8065


async def main() -> None:
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    print("Starting Storybot and a stand-in for Slack (the first time takes some fifteen seconds) ...", flush=True)
    port = _port()
    if not port:
        print(f"Port {USUAL_PORT} is taken, perhaps by another try-out: this one takes a free one.", flush=True)
    async with (
        Playground(port) as slack,
        try_out(
            bot_token=slack.bot_token,
            signing_secret=slack.signing_secret,
            api_url=slack.api_url,
            moderators=slack.lead_ids,
            moderation_channel=slack.review_channel_id,
            now=slack.now,
        ) as (url, manifest, next_due),
    ):
        slack.clock.stop_for(next_due)
        slack.install(request_url=url, manifest=manifest)
        # Somebody who may look at what admins see.
        slack.person("Grace").user.is_admin = True
        first = "Type /story empathy in #general; /story help lists the rest, /story settings is for Grace, an admin."
        print(f"\n  Try it here:  {slack.url}\n\n  {first} Ctrl+C ends it.\n", flush=True)
        if _has_a_browser():
            # Some browsers keep the call until they are closed.
            opening = asyncio.get_running_loop().run_in_executor(None, webbrowser.open, slack.url)
            opening.add_done_callback(lambda opened: opened.exception())
        await stopped.wait()
    print("Ended.")


def _port() -> int:
    """The usual port if it is free, so that an open page finds its way back; else any (0)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


def _has_a_browser() -> bool:
    """Whether a page may be opened: not asked otherwise, and somewhere to show it."""
    if os.environ.get("STORYBOT_NO_BROWSER"):
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m playground", description=__doc__).parse_args()
    asyncio.run(main())
