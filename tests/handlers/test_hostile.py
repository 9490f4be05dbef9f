"""Whatever somebody types, it comes back readable and inert, on every surface that shows it."""

import pytest

from playground import Playground, Seen, mrkdwn

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
