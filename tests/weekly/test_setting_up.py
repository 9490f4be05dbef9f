"""Somebody sets up a channel's story of the week; whatever is in the way is told where they look."""

import pytest

from playground import Playground
from tests.weekly.conftest import Running, SetClock
from tests.weekly.people import MONDAY_AT_NINE, changes, lists, opens_form, post, posts, sends, sets_up


async def test_the_form_knows_the_channel_and_the_persons_own_zone(slack: Playground) -> None:
    grace = slack.person("Grace")
    form = await opens_form(grace)
    for part in ("Monday", "09:00", "New York (America/New_York, UTC−5)", "At the next slot"):
        assert part in form.drawn
    told = await sends(grace, {})
    assert "In #support: a story every Monday at 09:00 (America/New_York)." in told.drawn
    assert "Next on Monday 30 November at 09:00, in 5 days." in told.drawn


async def test_everything_in_the_form_counts(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    told = await sets_up(
        grace,
        Day_of_the_week="Friday",
        Time="15:45",
        Time_zone="Kolkata",
        Themes=["Honesty", "Dignity"],
        In_the_thread=[],
    )
    assert "every Friday at 15:45 (Asia/Kolkata). Next on Friday 27 November at 15:45, in 2 days." in told.drawn
    listed = await lists(grace)
    assert "from Honesty, Dignity. Set up by @Grace." in listed.drawn

    clock.ahead(days=1, hours=22, minutes=15)
    first = await post(grace)
    assert "Honesty" in first.drawn or "Dignity" in first.drawn
    assert not [seen for seen in grace.sees("support") if seen.thread_ts == first.ts]


async def test_a_public_channel_is_joined_when_somebody_wishes_it(slack: Playground) -> None:
    grace = slack.person("Grace")
    form = await sets_up(grace, "random")
    assert "I am not in that channel. Tick that I may join it" in form.drawn
    assert slack.bot_user_id not in slack.channel("random").members

    told = await sends(grace, {"I am not in it": ["Join this channel"]})
    assert "In #random: a story every Monday" in told.drawn
    assert slack.bot_user_id in slack.channel("random").members


async def test_a_private_channel_has_to_invite_it(slack: Playground) -> None:
    slack.add_channel("managers", ["Grace"], is_private=True)
    grace = slack.person("Grace")
    form = await sets_up(grace, "managers")
    assert "Open it, type /invite @storybot, and then try again." in form.drawn
    assert "Join this channel" not in form.drawn

    slack.invite("storybot", "managers")
    assert "a story every Monday" in (await sends(grace, {})).drawn
    assert "#managers: every Monday" in (await lists(grace, "managers")).drawn


async def test_an_archived_channel_is_refused(slack: Playground) -> None:
    grace = slack.person("Grace")
    await opens_form(grace)
    slack.archive("support")
    assert "That channel is archived" in (await sends(grace, {})).drawn


async def test_a_channel_that_has_one_is_not_set_up_twice(slack: Playground, clock: SetClock) -> None:
    grace, margaret = slack.person("Grace"), slack.person("Margaret")
    await sets_up(grace)
    form = await sets_up(margaret, Day_of_the_week="Thursday")
    assert "That channel has a story of the week already" in form.drawn
    await margaret.closes()
    assert "every Monday at 09:00 (Europe/London)" in (await lists(margaret)).drawn


async def test_a_form_that_slack_sends_twice_sets_up_one_and_posts_one(slack: Playground) -> None:
    grace = slack.person("Grace")
    assert "The first story is on its way." in (await sets_up(grace, First_post="Now")).drawn
    first = await post(grace)
    sent = next(delivery for delivery in reversed(slack.requests) if delivery.name == "schedule_form")
    again = await slack.redelivers(sent)
    assert "A story of the week was told there today already." in str(again.answer)
    assert (await lists(grace)).drawn.count("Set up by") == 1
    assert posts(grace) == [first]


async def test_a_schedule_that_was_deleted_meanwhile_does_not_come_back_as_a_ghost(slack: Playground) -> None:
    grace, margaret = slack.person("Grace"), slack.person("Margaret")
    await sets_up(grace)
    await grace.clicks("Change", on=await lists(grace))
    await margaret.clicks("Delete", on=await lists(margaret))
    assert "Delete this schedule?" in str(margaret.asked)
    assert "There is no story of the week in that channel any more." in (await sends(grace, {"Time": "10:00"})).drawn
    await grace.closes()
    await grace.types("/story schedule", channel="general")
    assert grace.modal is not None, "with none left, the form to begin with"


async def test_what_is_changed_in_mid_week_never_brings_a_second_one(slack: Playground, clock: SetClock) -> None:
    grace = slack.person("Grace")
    await sets_up(grace)
    clock.ahead(**MONDAY_AT_NINE)
    await post(grace)

    told = await changes(grace, Day_of_the_week="Wednesday", Time="08:00")
    assert "Next on Wednesday 9 December at 08:00, in 9 days." in told.drawn
    told = await changes(grace, Day_of_the_week="Sunday", Time_zone="Auckland")
    # Monday 09:00 in London was Monday 22:00 in Auckland: the same week.
    assert "Next on Sunday 13 December at 08:00, in 13 days." in told.drawn
    told = await changes(grace, Day_of_the_week="Monday", Time="09:05", Time_zone="London")
    assert "Next on Monday 7 December at 09:05, in 7 days." in told.drawn
    clock.ahead(days=6, hours=23)
    assert "Next on Monday 7 December at 09:05, today." in (await lists(grace)).drawn
    assert len(posts(grace)) == 1
    clock.ahead(hours=1, minutes=5)
    await post(grace, 2)


@pytest.mark.parametrize("broken", [{"error": "fatal_error"}, {"status": 500}, {"delay": 4.0}])
async def test_while_slack_is_away_nothing_is_set_up_and_the_form_stays(
    slack: Playground, broken: dict[str, str | int | float]
) -> None:
    grace = slack.person("Grace")
    await opens_form(grace)
    slack.fail("conversations.info", **broken)  # type: ignore[arg-type]
    form = await sends(grace, {"Time zone": "London"})
    assert form.submit == "Set it up"
    assert "alert" in {block["type"] for block in form.blocks}
    assert "In #support: a story every Monday" in (await sends(grace, {})).drawn


async def test_members_may_where_the_setting_says_so(running: Running) -> None:
    async with running(members_schedule=True) as slack:
        linus = slack.person("Linus")
        assert "In #support: a story" in (await sets_up(linus)).drawn
        assert "Change" in (await lists(linus)).buttons


async def test_members_see_the_list_and_can_change_nothing(slack: Playground) -> None:
    grace, linus = slack.person("Grace"), slack.person("Linus")
    assert "No channel has one yet. Moderators and workspace admins can set one up." in (await lists(linus)).drawn
    await sets_up(grace)
    seen = await lists(linus)
    assert "every Monday at 09:00" in seen.drawn
    assert not seen.buttons
    assert "Moderators and workspace admins can change what is listed here." in seen.drawn


async def test_many_channels_are_listed_page_by_page(slack: Playground) -> None:
    grace = slack.person("Grace")
    for number in range(12):
        slack.add_channel(f"team-{number}", ["Grace", "storybot"])
        assert (await sets_up(grace, f"team-{number}")).submit is None
    listed = await lists(grace)
    assert listed.drawn.count("every Monday") == 10
    assert "And 2 more." in listed.drawn
    await grace.clicks("More", on=listed)
    rest = grace.last("support")
    assert rest.drawn.count("every Monday") == 2
    assert "More" not in rest.buttons

    await grace.clicks("Skip", on=rest, nth=0)
    assert grace.last("support").drawn.count("every Monday") == 2, "the page stays, whatever is done there"
    await grace.clicks("Delete", on=grace.last("support"), nth=0)
    assert grace.last("support").drawn.count("every Monday") == 1
    await grace.clicks("Change", on=grace.last("support"), nth=0)
    await sends(grace, {"Day of the week": "Friday"})
    assert "every Friday at 09:00" in grace.last("support").drawn, "what is due sooner stands on the first page"

    await grace.clicks("Show", on=await lists(grace), nth=0)
    assert "Next, if nothing changes:" in grace.last("support").drawn
    await grace.clicks("All schedules", on=grace.last("support"))
    assert grace.last("support").drawn.count("every ") == 10
