"""Whatever somebody types, it comes back readable and inert, on every surface that shows it."""

from pathlib import Path

import pytest

from bot.app import serve
from bot.config import Settings
from bot.domain.library import Library
from bot.domain.story import Source, Theme
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground, Seen, mrkdwn
from tests.conftest import connection_to

HOSTILE = [
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "@here @channel @everyone",
    "<!subteam^S012345|@leads>",
    "<@U012345>",
    "<#C012345|general>",
    "<https://evil.example|your bank>",
    "https://evil.example/login",
    "evil.example",
    "mailto:ada@example.org <mailto:ada@example.org|Ada>",
    "<tel:+15550100|call>",
    "<!date^1392734382^{date}|now>",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    "*bold* _italic_ ~gone~ `code` ```block```",
    "> quoted\n>>> all of it",
    "• list\n1. list",
    ":rotating_light: :heart: :not_an_emoji:",
    "line\nbreak\r\nand\u2028more\u2029",
    "\u202eright to left\u202c",
    "\u2066isolated\u2069 \u200bhidden\u200b \ufeff",
    "nul\u0000 bell\u0007 escape\u001b[31m",
    "\u0301\u0301\u0301 combining",
    "Z̸̢̛a̷l̶g̵o̴" * 40,
    "🙂" * 500,
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "'; DROP TABLE stories; --",
    "{{7*7}} ${7*7} %s %n {0}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "[link](https://evil.example)",
    '{"type": "section"}',
    "x" * 3_000,
    "word " * 600,
    "<" * 500,
    "&" * 500,
    "<@" * 300,
    "思いやり العربية עברית हिन्दी",
    "null",
    "-- --help",
]


def assert_inert(seen: Seen) -> None:
    assert not seen.live
    in_text = mrkdwn.live(mrkdwn.tokens(seen.text, lambda kind, name: None))
    assert not in_text, seen.text
    for character in seen.drawn:
        assert character in "\n\t" or character.isprintable() or character in "\u200c\u200d", hex(ord(character))


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_in_a_command_stay_inert(slack: Playground, text: str) -> None:
    ada = slack.person("Ada")
    await ada.types(f"/story quantum chromodynamics {text}", channel="general")
    assert_inert(ada.last("general"))
    await ada.types(f"/story {text}", channel="general")
    assert_inert(ada.last("general"))


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_in_a_mention_and_a_direct_message_stay_inert(slack: Playground, text: str) -> None:
    ada = slack.person("Ada")
    await ada.types(f"@storybot quantum chromodynamics {text}", channel="general")
    await ada.types(f"quantum chromodynamics {text}", channel="storybot")
    await slack.settled()
    for channel in ("general", "storybot"):
        answered = ada.last(channel)
        assert answered.user == slack.bot_user_id
        assert_inert(answered)


async def test_words_that_mean_something_come_back_as_they_were(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story quantum <b>R&D</b> in 思いやり & العربية", channel="general")
    assert "“quantum <b>R&D</b> in 思いやり & العربية”" in ada.last("general").drawn


@pytest.mark.parametrize("text", HOSTILE[:24])
async def test_hostile_words_in_every_field_of_a_pack_stay_inert(text: str, library: Library, tmp_path: Path) -> None:
    words = text[:50].replace("\n", " ").replace("\r", " ").strip() or "empty"
    theme = Theme(id="hostile", name=words[:30], emoji="boom", meaning=words, synonyms=())
    source = Source(title=words, publisher=words, author=words, document=words)
    told = library.stories[0].model_copy(
        update={
            "title": words,
            "company": words,
            "place": words,
            "summary": words,
            "story": f"{words} " * 40,
            "takeaway": words,
            "question": words,
            "differs": words,
            "themes": ("hostile",),
            "sources": (source,),
        }
    )
    hostile = Library((told,), (theme,))
    matcher = Matcher(hostile, None)
    async with Playground() as slack, serve(Settings(), connection_to(slack, tmp_path), hostile, matcher) as bot:
        url = f"http://127.0.0.1:{bot.port}"
        slack.install(request_url=f"{url}/slack/events", manifest=manifest(Settings(), url))
        ada, grace = slack.person("Ada"), slack.person("Grace")
        await ada.types("/story", channel="general")
        assert_inert(ada.last("general"))
        await ada.clicks("Read it all", on=ada.last("general"))
        assert ada.modal is not None
        assert not ada.modal.live
        await ada.closes()
        await ada.clicks("Share to channel", on=ada.last("general"))
        live = {(token["t"], token.get("id")) for token in grace.last("general").live}
        assert live == {("user", ada.id)}, "the sharer's name, and nothing else"
        await ada.types("/story themes", channel="general")
        assert_inert(ada.last("general"))
