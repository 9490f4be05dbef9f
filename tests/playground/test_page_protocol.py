"""The page's protocol: what a browser is told, what it may do, and from where."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from playground import Person, Playground
from tests.playground.tiny_bot import Bot, actions, button, field, modal, section

OWN = {"X-Playground": "1"}


class Browser:
    def __init__(self, session: aiohttp.ClientSession, me: Person) -> None:
        self._session = session
        self._me = me.id

    async def state(self) -> dict[str, Any]:
        async with self._session.get("/page/state", params={"as": self._me}) as response:
            found: dict[str, Any] = await response.json()
            return found

    async def does(self, path: str, **told: Any) -> dict[str, Any]:
        async with self._session.post(f"/page/{path}", json={"as": self._me, **told}, headers=OWN) as response:
            assert response.status == 200, await response.text()
            answer: dict[str, Any] = await response.json()
            return answer


@pytest.fixture
async def session(slack: Playground) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.url) as session:
        yield session


@pytest.fixture
def browser(session: aiohttp.ClientSession, ada: Person) -> Browser:
    return Browser(session, ada)


async def test_the_state_tells_all_that_one_person_sees(slack: Playground, bot: Bot, browser: Browser) -> None:
    @bot.hears("/echo")
    async def _(_: dict[str, Any]) -> dict[str, Any]:
        return {"text": "Hello <!here>", "blocks": [section("*Hello* <@" + slack.bot_user_id + ">")]}

    general = slack.channel("general").id
    assert await browser.does("say", channel=general, text="/echo hi") == {"ok": True}

    state = await browser.state()
    assert [command["command"] for command in state["commands"]] == ["/echo"]
    assert {channel["name"] for channel in state["channels"]} == {"general", "support", "random", "old-office", "echo"}
    [message] = state["messages"][general]
    assert message["ephemeral"]
    assert message["text"]["tokens"][-1] == {"t": "broadcast", "s": "@here"}
    assert message["blocks"][0]["text"]["tokens"] == [
        {"t": "text", "s": "Hello", "b": True},
        {"t": "text", "s": " "},
        {"t": "user", "id": slack.bot_user_id, "s": "@echo"},
    ]
    [entry] = state["inspector"]
    assert (entry["n"], entry["kind"], entry["what"], entry["status"], entry["ok"]) == (
        1,
        "command",
        "/echo hi",
        200,
        True,
    )
    assert state["people"][0]["real_name"] == "Ada"


async def test_nobody_elses_ephemeral_messages_are_in_the_state(
    slack: Playground, bot: Bot, session: aiohttp.ClientSession, ada: Person
) -> None:
    await ada.types("/nonsense")
    state = await Browser(session, slack.person("Grace")).state()
    assert state["messages"][slack.channel("general").id] == []


async def test_a_button_opens_a_form_and_the_form_is_sent(slack: Playground, bot: Bot, browser: Browser) -> None:
    @bot.hears("press")
    async def _(payload: dict[str, Any]) -> None:
        await bot.client.views_open(trigger_id=payload["trigger_id"], view=modal("Form", field("Title", "title")))

    @bot.hears("form")
    async def _(_: dict[str, Any]) -> dict[str, Any]:
        return {"response_action": "errors", "errors": {"title": "Another one, please"}}

    posted = await bot.client.chat_postMessage(channel="general", text="x", blocks=[actions(button("Open", value="1"))])
    container = {"type": "message", "channel": posted["channel"], "ts": posted["ts"]}
    pressed = {"container": container, "block_id": "actions", "action_id": "press", "value": "forged"}
    assert await browser.does("click", **pressed) == {"ok": True}
    assert slack.requests[0].payload["actions"][0]["value"] == "1", "the value is the message's own"

    [view] = (await browser.state())["views"]
    values = {"title": {"said": {"type": "plain_text_input", "value": "Words"}}}
    assert await browser.does("view/submit", view_id=view["id"], values=values) == {"ok": True}
    [view] = (await browser.state())["views"]
    assert view["errors"] == {"title": "Another one, please"}
    assert view["values"] == values
    await browser.does("view/close", view_id=view["id"])
    assert (await browser.state())["views"] == []


async def test_an_element_that_is_gone_cannot_be_used(bot: Bot, browser: Browser) -> None:
    posted = await bot.client.chat_postMessage(channel="general", text="x", blocks=[actions(button("Open"))])
    container = {"type": "message", "channel": posted["channel"], "ts": posted["ts"]}
    answer = await browser.does("click", container=container, block_id="actions", action_id="other")
    assert not answer["ok"]


async def test_the_page_hears_of_every_change(bot: Bot, session: aiohttp.ClientSession, ada: Person) -> None:
    async with session.get("/page/events", params={"as": ada.id}) as stream:
        first = await stream.content.readline()
        await ada.types("hello")
        await stream.content.readline()
        second = await stream.content.readline()
    versions = [json.loads(line.decode().removeprefix("data: "))["version"] for line in (first, second)]
    assert versions[1] > versions[0]


async def test_another_site_can_neither_read_nor_act(slack: Playground, session: aiohttp.ClientSession) -> None:
    told = {"as": slack.person("Ada").id, "channel": slack.channel("general").id, "text": "hi"}
    async with session.post("/page/say", json=told) as response:
        assert response.status == 403
    async with session.get("/page/state", headers={"Host": "evil.test"}) as response:
        assert response.status == 403
    assert slack.person("Ada").sees() == []


async def test_the_pages_own_files_are_served_and_no_others(session: aiohttp.ClientSession) -> None:
    async with session.get("/") as response:
        assert response.status == 200
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    for path in ("/static/%2e%2e/page.py", "/static/../page.py", "/static/none.js"):
        async with session.get(path) as response:
            assert response.status == 404


async def test_a_request_that_lacks_something_is_told_so(session: aiohttp.ClientSession) -> None:
    bodies: list[Any] = [{}, [], "x"]
    for body in bodies:
        async with session.post("/page/say", json=body, headers=OWN) as response:
            assert response.status == 400
