"""The least that can be done: an aiohttp handler that checks Slack's signature and says "hi"."""

import hashlib
import hmac
import os
import time

from aiohttp import web

SECRET = os.environ.get("SLACK_SIGNING_SECRET", "").encode()


async def slack_events(request: web.Request) -> web.Response:
    body = await request.read()
    timestamp = request.headers["X-Slack-Request-Timestamp"]
    if abs(time.time() - int(timestamp)) > 300:
        return web.Response(status=401)
    expected = "v0=" + hmac.new(SECRET, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers["X-Slack-Signature"]):
        return web.Response(status=401)
    return web.json_response({"response_type": "ephemeral", "text": "hi"})


if __name__ == "__main__":
    app = web.Application()
    app.router.add_post("/slack/events", slack_events)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None)
