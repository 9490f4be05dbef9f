"""Whatever somebody types, it comes back readable and inert, on every surface that shows it."""

from pathlib import Path

import pytest

from bot.app import serve
from bot.config import Settings
from bot.domain.library import Library
from bot.domain.story import Source, Theme
from bot.manifest import manifest
from bot.matching import Matcher
from playground import Playground
from tests.conftest import connection_to
from tests.hostile import HOSTILE, assert_inert, packed

PACKED = packed(HOSTILE, 100)


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 25))
async def test_hostile_words_in_a_command_stay_inert(slack: Playground, first: int) -> None:
    ada = slack.person("Ada")
    for text in HOSTILE[first : first + 25]:
        await ada.types(f"/story {text}", channel="general")
        assert_inert(ada.last("general"))


async def test_hostile_words_on_which_there_is_no_story_stay_inert(slack: Playground) -> None:
    ada = slack.person("Ada")
    for text in PACKED:
        await ada.types(f"/story quantum chromodynamics {text}", channel="random")
        assert_inert(ada.last("random"))
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


@pytest.mark.parametrize("text", HOSTILE[::8])
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
    async with (
        Playground() as slack,
        serve(Settings(), connection_to(slack, tmp_path), hostile, matcher, encoder=None) as bot,
    ):
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
