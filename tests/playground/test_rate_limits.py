"""How much may be posted, and calls that go wrong by chance."""

from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground import Limits, Playground
from playground.faults import KINDS, Faults
from playground.rate_limits import RateLimits
from tests.playground.tiny_bot import manifest


@pytest.fixture
async def slack() -> AsyncIterator[Playground]:
    async with Playground(rate_limits=Limits(burst=2, a_minute=4)) as slack:
        slack.install(manifest())
        yield slack


def client(slack: Playground) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


async def test_a_channel_takes_a_burst_and_then_one_message_a_second(slack: Playground) -> None:
    async def says(channel: str) -> int | None:
        """The seconds to wait before this is said again, or nothing when it was said."""
        try:
            await client(slack).chat_postMessage(channel=channel, text="hi")
        except SlackApiError as refused:
            return int(refused.response.headers["Retry-After"])
        return None

    assert [await says("general") for _ in range(3)] == [None, None, 1]
    assert await says("support") is None, "another channel has room"
    slack.clock.advance(1)
    assert await says("general") is None
    assert await says("support") == 14, "the workspace has none: four a minute are one in 15 seconds"
    slack.clock.advance(14)
    assert await says("support") is None
    await client(slack).users_info(user=slack.person("Ada").id)
    refused = [call for call in slack.calls if not call.ok]
    assert [(call.status, call.answer["error"]) for call in refused] == [(429, "ratelimited")] * 2


@given(
    st.lists(st.tuples(st.sampled_from(["C1", "C2", "C3"]), st.floats(0, 5)), max_size=60),
    st.integers(1, 4),
    st.integers(3, 90),
)
def test_never_more_than_the_limits_and_waiting_as_told_always_helps(
    posts: list[tuple[str, float]], burst: int, a_minute: int
) -> None:
    limits = RateLimits(Limits(burst=burst, a_minute=a_minute))
    now, said = 1000.0, []
    for channel, pause in posts:
        now += pause
        if wait := limits.wait("chat.postMessage", {"channel": channel}, now):
            now += wait
            assert limits.wait("chat.postMessage", {"channel": channel}, now) == 0
        said.append((now, channel))
    for at, channel in said:
        within = [when for when, where in said if where == channel and at <= when < at + 10]
        assert len(within) <= burst + 10
        assert len([when for when, _ in said if at <= when < at + 60]) <= 2 * a_minute


async def test_a_share_of_all_calls_goes_wrong_in_every_way(slack: Playground) -> None:
    slack.flaky(share=0.5, seed=7)
    seen: Counter[str] = Counter()
    for _ in range(60):
        try:
            await client(slack).auth_test()
        except SlackApiError as refused:
            seen[str(refused.response.status_code)] += 1
        except aiohttp.ClientError:
            seen["no answer"] += 1
        else:
            seen["well"] += 1
    assert set(seen) == {"429", "500", "503", "no answer", "well"}
    assert 15 <= seen["well"] <= 45
    slack.heal()
    await client(slack).auth_test()


async def test_a_call_that_is_cut_off_was_not_carried_out_and_one_whose_answer_is_lost_was(slack: Playground) -> None:
    for kind, said in (("cut", 0), ("lost", 1)):
        slack.fail("chat.postMessage", **{kind: True})
        with pytest.raises(aiohttp.ClientError):
            await client(slack).chat_postMessage(channel="general", text="hi")
        assert len(slack.person("Ada").sees()) == said


def test_the_same_seed_gives_the_same_faults() -> None:
    def faults(seed: int) -> list[object]:
        by_chance = Faults()
        by_chance.by_chance(0.4, seed, KINDS, 0.0)
        return [by_chance.next_for("chat.postMessage") for _ in range(50)]

    assert faults(1) == faults(1) != faults(2)
