"""Bolt's hello-world on its own server: `/story` is answered with `ack("hi")`.

With PROCESS_BEFORE_RESPONSE set it does not wait for the acknowledgement by looking every 10 ms. With SLACK_APP_TOKEN
it runs in Socket Mode. Its identity is handed to it, so that it need not ask Slack for each request.
"""

import asyncio
import os

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient


async def authorize() -> AuthorizeResult:
    token = os.environ["SLACK_BOT_TOKEN"]
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token=token, bot_id="B1", bot_user_id="U0")


def hello() -> AsyncApp:
    app = AsyncApp(
        signing_secret=os.environ.get("SLACK_SIGNING_SECRET", "unused in Socket Mode"),
        client=AsyncWebClient(base_url=os.environ["SLACK_API_URL"]),
        authorize=authorize,
        process_before_response=bool(os.environ.get("PROCESS_BEFORE_RESPONSE")),
    )

    @app.command("/story")
    async def say_hi(ack: AsyncAck) -> None:
        await ack("hi")

    return app


async def over_a_socket(app_token: str) -> None:
    await AsyncSocketModeHandler(hello(), app_token).start_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    if app_token := os.environ.get("SLACK_APP_TOKEN"):
        asyncio.run(over_a_socket(app_token))
    else:
        hello().start(port=int(os.environ["PORT"]), host="127.0.0.1")
