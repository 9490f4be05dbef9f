"""What is changed at one Storybot counts at the other within five seconds, whether or not the news gets through."""

from tests.installing.conftest import asks_until
from tests.replicas.conftest import Replicas
from tests.replicas.cut_off import cut_off
from tests.submissions.people import card_of, tells
from tests.weekly.people import lists, sets_up


async def approves_at_the_first(replicas: Replicas) -> None:
    """Linus has asked at the second before, so that it has read the stories that there were; then Ada tells one."""
    grace = replicas.slack.person("Grace")
    replicas.reach(1)
    await replicas.slack.person("Linus").types("/story zanzibar tea")
    replicas.reach(0)
    await tells(replicas.slack.person("Ada"), Title="The zanzibar tea")
    await grace.clicks("Approve", on=await card_of(grace, "The zanzibar tea"))


async def test_a_story_approved_at_one_is_told_by_the_other(replicas: Replicas) -> None:
    await approves_at_the_first(replicas)
    replicas.reach(1)
    await asks_until(replicas.slack.person("Linus"), "/story zanzibar tea", "The zanzibar tea")


async def test_also_when_no_news_gets_through(replicas: Replicas) -> None:
    async with cut_off(replicas.database_url):
        await approves_at_the_first(replicas)
        replicas.reach(1)
        await asks_until(replicas.slack.person("Linus"), "/story zanzibar tea", "The zanzibar tea")


async def test_a_story_withdrawn_at_one_is_told_by_neither(replicas: Replicas) -> None:
    await approves_at_the_first(replicas)
    replicas.reach(1)
    linus, ada = replicas.slack.person("Linus"), replicas.slack.person("Ada")
    await asks_until(linus, "/story zanzibar tea", "The zanzibar tea")
    replicas.reach(0)
    await ada.types("/story mine")
    await ada.clicks("Withdraw", on=ada.last())
    replicas.reach(1)
    await asks_until(linus, "/story zanzibar tea", "I have nothing on")


async def test_a_schedule_changed_at_one_is_changed_at_the_other(replicas: Replicas) -> None:
    grace = replicas.slack.person("Grace")
    await sets_up(grace, "support")
    replicas.reach(1)
    assert "every Monday" in (await lists(grace, "support")).drawn
    await grace.clicks("Pause", on=grace.last("support"))
    replicas.reach(0)
    assert "Paused" in (await lists(grace, "support")).drawn
