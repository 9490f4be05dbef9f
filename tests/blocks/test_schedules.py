"""How setting up the story of the week looks: the form, the time zones to choose from, and the list."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks import ids, when
from bot.blocks.message import Message
from bot.blocks.schedule_form import ScheduleForm, SetUp, form, read, sent
from bot.blocks.schedules import (
    LISTED,
    Entry,
    ScheduleRef,
    listed,
    not_invited,
    one,
    pin_form,
    pinned,
    read_pin,
    read_schedule_ref,
    story_options,
    why,
)
from bot.blocks.text import visible
from bot.blocks.weekly import SlotRef, read_slot_ref
from bot.blocks.zones import zone_options
from bot.domain.draft import DraftErrors
from bot.domain.rotation import Choice, Pin, Reason, Rule
from bot.domain.schedule import Pause, Schedule
from bot.domain.slots import Slot, Timing, zones
from bot.errors import UserError
from playground import form as filling
from playground.limits import check_message, check_suggestions, check_view
from tests.blocks.test_looks import LONGEST, assert_slack_takes, found, texts_in
from tests.blocks.test_review import action_ids, by_ada, users_in
from tests.blocks.test_submit import HOSTILE, THEMES, assert_slack_takes_view, labels, sent_as_it_is
from tests.blocks.test_weekly import LONDON, MONDAY, SCHEDULE, drawn, told_by_a_colleague

SATURDAY = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
WEEK = timedelta(weeks=1)
COMING = replace(SCHEDULE, next=LONDON.slot(MONDAY))
KNOWN = [theme.id for theme in THEMES]
UMBRELLA = by_ada().as_story()
NEW = SetUp("n" * 32)
NEXT_FIVE = tuple((MONDAY + n * WEEK, Choice(UMBRELLA, Reason.NEW_HERE)) for n in range(5))

forms = st.builds(
    ScheduleForm,
    channel_id=st.just("C12345678"),
    weekday=st.sampled_from("0123456"),
    at=st.times().map(lambda at: f"{at:%H:%M}"),
    zone=st.sampled_from(sorted(zones())),
    themes=st.sets(st.sampled_from(KNOWN)).map(lambda chosen: tuple(sorted(chosen))),
    asks_question=st.booleans(),
    posts_now=st.booleans(),
    joins=st.booleans(),
)


def offered(query: str, own_zone: str = "Europe/London") -> list[str]:
    options = zone_options(query, own_zone, SATURDAY)
    check_suggestions({"options": options})
    return [option["text"]["text"] for option in options]


def schedules(count: int) -> list[Schedule]:
    return [replace(COMING, channel_id=f"C{number:08}") for number in range(count)]


def confirms(message: Message) -> list[str]:
    return [
        button["confirm"]["text"]["text"]
        for button in found(message["blocks"], "type", "button")
        if "confirm" in button
    ]


# The form


@settings(max_examples=50)
@given(forms, st.booleans(), st.booleans())
def test_the_form_brings_back_what_stands_in_it(values: ScheduleForm, is_new: bool, can_join: bool) -> None:
    meta = NEW if is_new else SetUp.of(SCHEDULE)
    view = form(THEMES, values, meta, SATURDAY, can_join=can_join)
    assert_slack_takes_view(view)

    remembered, back = read(sent_as_it_is(view))
    assert remembered == meta
    joins, posts_now = values.joins and can_join, values.posts_now and is_new
    assert replace(back, themes=tuple(sorted(back.themes))) == replace(values, joins=joins, posts_now=posts_now)
    assert back.timing(KNOWN) == Timing(int(values.weekday), time.fromisoformat(values.at), values.zone)


def test_a_new_one_asks_for_the_channel_and_a_change_keeps_it() -> None:
    new = form(THEMES, ScheduleForm(zone="Europe/London"), NEW, SATURDAY)
    both = ["Day of the week", "Time", "Time zone", "Themes", "In the thread"]
    assert labels(new) == ["Channel", *both, "First post"]
    change = form(THEMES, ScheduleForm.of(COMING), SetUp.of(COMING), SATURDAY)
    assert labels(change) == both
    assert [mention["channel_id"] for mention in found(change["blocks"], "type", "channel")] == ["C12345678"]
    assert read(sent_as_it_is(change))[1] == ScheduleForm.of(COMING)
    assert change["submit"]["text"] == "Save"


def test_the_persons_own_zone_is_chosen_and_the_current_channel_taken() -> None:
    view = form(THEMES, ScheduleForm(zone="Asia/Kolkata"), NEW, SATURDAY)
    zone = next(found(view["blocks"], "type", "external_select"))
    assert zone["initial_option"]["text"]["text"] == "Kolkata (Asia/Kolkata, UTC+5:30)"
    assert next(found(view["blocks"], "type", "conversations_select"))["default_to_current_conversation"]


def test_everything_amiss_is_told_under_a_field_that_the_form_has() -> None:
    with pytest.raises(DraftErrors) as amiss:
        ScheduleForm(weekday="7", at="25:00", zone="Europe/Atlantis", themes=("gone",)).timing(KNOWN)
    assert set(amiss.value.fields) == {"channel_id", "weekday", "at", "zone", "themes"}
    view = form(THEMES, ScheduleForm(), NEW, SATURDAY)
    assert set(amiss.value.fields) <= {block.get("block_id") for block in view["blocks"]}


def test_trouble_is_told_in_the_form_and_a_public_channel_can_be_joined() -> None:
    values = ScheduleForm("C12345678", zone="Europe/London")
    view = form(THEMES, values, NEW, SATURDAY, trouble="I am not in that channel.", can_join=True)
    assert_slack_takes_view(view)
    assert view["blocks"][0]["text"]["text"] == "I am not in that channel."
    assert "I am not in it" in labels(view)
    assert not read(sent_as_it_is(view))[1].joins


@pytest.mark.parametrize("remembered", ["", "[]", "no json", '{"channel_id": 3}', '["C1","s",1]'])
def test_a_form_of_an_older_version_says_so(remembered: str) -> None:
    with pytest.raises(UserError, match="older version"):
        read({"private_metadata": remembered, "state": {"values": {}}})


def test_more_themes_than_a_menu_holds_come_in_groups() -> None:
    many = [theme.model_copy(update={"id": f"t-{n}", "name": f"Name {n:03}"}) for n, theme in enumerate(THEMES * 11)]
    view = form(many, ScheduleForm("C1", themes=("t-5", "t-250", "gone")), NEW, SATURDAY)
    assert_slack_takes_view(view)
    assert set(read(sent_as_it_is(view))[1].themes) == {"t-5", "t-250"}


def test_what_follows_the_form_says_when_the_next_one_comes() -> None:
    view = sent(COMING, SATURDAY, "The first story is on its way.")
    check_view(view)
    told = " ".join(texts_in(view["blocks"]))
    assert "every Monday at 09:00 (Europe/London). The first story is on its way." in told
    assert "Next on Monday 23 November at 09:00, in 2 days." in told
    paused = sent(replace(COMING, next=None, pause=Pause.BY_HAND), SATURDAY)
    assert "(Europe/London). It is paused until somebody resumes it." in " ".join(texts_in(paused["blocks"]))


# Time zones


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("berlin", "Berlin (Europe/Berlin, UTC+1)"),
        ("new york", "New York (America/New_York, UTC−5)"),
        ("NEW_YORK", "New York (America/New_York, UTC−5)"),
        ("Kolkata", "Kolkata (Asia/Kolkata, UTC+5:30)"),
        ("calcutta", "Calcutta (Asia/Calcutta, UTC+5:30)"),
        ("india", "Kolkata (Asia/Kolkata, UTC+5:30)"),
        ("germany", "Berlin (Europe/Berlin, UTC+1)"),
        ("são paulo", "Sao Paulo (America/Sao_Paulo, UTC−3)"),
        ("us pacific", "Los Angeles (America/Los_Angeles, UTC−8)"),
        ("uk", "London (Europe/London, UTC+0)"),
        ("Etc/UTC", "UTC (Etc/UTC, UTC+0)"),
    ],
)
def test_a_zone_is_found_by_what_people_call_it(typed: str, first: str) -> None:
    assert offered(typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "ends"), [("UTC+2", "UTC+2)"), ("+5:30", "UTC+5:30)"), ("gmt -3", "UTC−3)"), ("−0930", "UTC−9:30)")]
)
def test_a_zone_is_found_by_how_far_it_is_from_utc(typed: str, ends: str) -> None:
    found_so = offered(typed)
    assert found_so
    assert all(label.endswith(ends) for label in found_so)


def test_before_anything_is_typed_the_own_zone_leads_and_its_neighbours_follow() -> None:
    labels = offered("", "Asia/Kolkata")
    assert len(labels) == 100
    assert labels[:2] == ["Kolkata (Asia/Kolkata, UTC+5:30)", "Colombo (Asia/Colombo, UTC+5:30)"]


@pytest.mark.parametrize("typed", ["atlantis", "東京", "+", "   ", "\x00", "(" * 300, "UTC+99:99", *HOSTILE])
def test_whatever_is_typed_the_menu_takes_the_answer(typed: str) -> None:
    assert len(offered(typed, "Mars/Olympus")) <= 100


@settings(max_examples=50)
@given(st.sampled_from(sorted(name for name in zones() if not name.startswith("Etc/"))))
def test_every_zone_is_found_by_its_name(zone: str) -> None:
    assert zone in [option["value"] for option in zone_options(zone, "UTC", SATURDAY)]


# The list


def test_a_schedule_says_what_comes_when_and_why() -> None:
    choices = [
        Choice(UMBRELLA, Reason.PINNED, pinned_by="ULINUS"),
        Choice(UMBRELLA, Reason.FRESH),
        Choice(UMBRELLA, Reason.SEASONAL, (Rule.COMPANY, Rule.THEME)),
        Choice(UMBRELLA, Reason.OLDEST, last_told=date(2025, 3, 4)),
    ]
    coming = tuple((MONDAY + n * WEEK, choice) for n, choice in enumerate(choices))
    message = listed([Entry(COMING, coming)], THEMES, SATURDAY, "/story", may_change=True)
    assert_slack_takes(message)
    for part in (
        "every Monday at 09:00 (Europe/London)",
        "Next on Monday 23 November at 09:00, in 2 days.",
        "newly approved",
        "in season, although the same company was told within eight weeks and it shares a theme with the story before",
        "told longest ago, on Tuesday 4 March 2025",
    ):
        assert part in drawn(message)
        assert part in message["text"]
    assert "<#C12345678>" in message["text"]
    assert users_in(message) == ["UGRACE", "ULINUS"]


def test_a_moderator_can_do_everything_with_it_and_is_asked_before_what_cannot_be_undone() -> None:
    message = listed([Entry(COMING, NEXT_FIVE)], THEMES, SATURDAY, "/story", may_change=True)
    assert action_ids(message) == [
        ids.CHANGE_SCHEDULE,
        ids.SKIP,
        ids.PIN,
        ids.POST_NOW,
        ids.PAUSE,
        ids.DELETE_SCHEDULE,
        ids.SET_UP,
    ]
    assert len(confirms(message)) == 2


def test_everybody_else_only_reads_it() -> None:
    message = listed([Entry(COMING, NEXT_FIVE)], THEMES, SATURDAY, "/story", may_change=False)
    assert not action_ids(message)
    assert "Moderators and workspace admins" in message["text"]


def test_a_skipped_week_can_be_brought_back() -> None:
    entry = Entry(replace(COMING, next=LONDON.slot(MONDAY + 2 * WEEK)), skipped=(MONDAY + WEEK, MONDAY))
    message = listed([entry], THEMES, SATURDAY, "/story", may_change=True)
    assert "Monday 23 November is skipped." in message["text"]
    button = next(found(message["blocks"], "action_id", ids.UNSKIP))
    assert read_slot_ref(button["value"]) == SlotRef("C12345678", MONDAY + WEEK)
    next_one = next(found(message["blocks"], "action_id", ids.SKIP))
    assert read_slot_ref(next_one["value"]) == SlotRef("C12345678", MONDAY + 2 * WEEK)


def test_what_went_wrong_is_told_plainly() -> None:
    entry = Entry(
        COMING,
        missed=(MONDAY - WEEK,),
        refused=(MONDAY - 4 * WEEK,),
        unknown=(MONDAY - 2 * WEEK,),
        empty=(MONDAY - 3 * WEEK,),
    )
    message = listed([entry], THEMES, SATURDAY, "/story", may_change=True)
    for part in (
        "Missed Monday 16 November: I was away for too long to post it late.",
        "Slack did not say whether the post of Monday 9 November arrived.",
        "There was no story to tell on Monday 2 November",
        "Slack did not take the post of Monday 26 October.",
    ):
        assert part in drawn(message)
        assert part in message["text"]


def test_a_paused_one_says_why_and_can_be_resumed() -> None:
    by_hand = replace(COMING, next=None, pause=Pause.BY_HAND)
    refused = replace(by_hand, pause=Pause.REFUSED, refused_with="is_archived")
    for schedule, reason in ((by_hand, "until somebody resumes it"), (refused, "Paused: the channel is archived.")):
        message = listed([Entry(schedule)], THEMES, SATURDAY, "/story", may_change=True)
        assert reason in message["text"]
        assert ids.RESUME in action_ids(message)
        assert not {ids.PAUSE, ids.SKIP} & set(action_ids(message))


def test_the_themes_are_named() -> None:
    for chosen, told in (
        ((), "from all themes"),
        (("theme-1", "theme-2"), "from Theme 001, Theme 002"),
        (tuple(KNOWN), "from Theme 000, Theme 001, Theme 002, Theme 003, 20 more"),
        (("gone",), "from themes that are gone"),
    ):
        message = one(Entry(replace(COMING, themes=chosen)), THEMES, SATURDAY, may_change=True)
        assert told in drawn(message)


def test_many_are_listed_ten_by_ten_and_the_first_with_their_stories() -> None:
    entries = [Entry(schedule, NEXT_FIVE) for schedule in schedules(24)]
    pages = [
        listed(
            entries[first : first + LISTED],
            THEMES,
            SATURDAY,
            "/story",
            may_change=True,
            after=first + LISTED,
            rest=max(0, len(entries) - first - LISTED),
        )
        for first in (0, 10, 20)
    ]
    for page in pages:
        assert_slack_takes(page)
        check_message(page["text"], page["blocks"])
    shown = [[mention["channel_id"] for mention in found(page["blocks"], "type", "channel")] for page in pages]
    assert [channel_id for page in shown for channel_id in page] == [schedule.channel_id for schedule in schedules(24)]
    assert [button["value"] for button in found(pages[0]["blocks"], "action_id", ids.MORE_SCHEDULES)] == ["10"]
    assert action_ids(pages[0]).count(ids.SHOW_SCHEDULE) == 6
    assert ids.MORE_SCHEDULES not in action_ids(pages[2])


def test_one_is_shown_whole_with_the_way_back() -> None:
    message = one(Entry(COMING, NEXT_FIVE), THEMES, SATURDAY, may_change=True)
    assert_slack_takes(message)
    assert action_ids(message)[-1] == ids.ALL_SCHEDULES
    assert drawn(message).count("The umbrella") == 5


@pytest.mark.parametrize(("may_change", "buttons"), [(True, [ids.SET_UP]), (False, [])])
def test_where_there_is_none_people_learn_what_it_is(may_change: bool, buttons: list[str]) -> None:
    message = listed([], THEMES, SATURDAY, "/story", may_change=may_change)
    assert_slack_takes(message)
    assert "Once a week" in message["text"]
    assert action_ids(message) == buttons


@pytest.mark.parametrize("words", ["word ", "&", "<", "思", *HOSTILE])
def test_the_fullest_list_still_fits(words: str) -> None:
    themes = [theme.model_copy(update={"name": "N" * 30}) for theme in THEMES]
    for story in (LONGEST, told_by_a_colleague(words)):
        choice = Choice(story, Reason.OLDEST, tuple(Rule), MONDAY - 90 * WEEK)
        entry = Entry(
            replace(
                COMING,
                channel_id="C" * 12,
                owner_id="U" * 12,
                timing=Timing(2, time(9), "America/Argentina/ComodRivadavia"),
                themes=tuple(KNOWN),
                revision=10**6,
            ),
            tuple((MONDAY + n * WEEK, choice) for n in range(9)),
            *((MONDAY, MONDAY - WEEK, MONDAY - 2 * WEEK) for _ in range(5)),
        )
        refused = replace(entry.schedule, next=None, pause=Pause.REFUSED, refused_with="channel_not_found")
        for entries in ([entry] * LISTED, [replace(entry, schedule=refused)] * LISTED, [entry]):
            message = listed(entries, themes, SATURDAY, "/story", may_change=True, after=LISTED, rest=1_000)
            assert_slack_takes(message)
            check_message(message["text"], message["blocks"])
            assert not list(found(message["blocks"], "type", "mrkdwn"))
            assert "<!" not in message["text"]
            for text in texts_in(message["blocks"]):
                assert text == visible(text)


@settings(max_examples=50)
@given(st.sampled_from(Reason), st.sets(st.sampled_from(Rule)), st.none() | st.dates())
def test_why_this_one_fits_where_it_is_kept(reason: Reason, yielded: set[Rule], last_told: date | None) -> None:
    told = why(Choice(UMBRELLA, reason, tuple(yielded), last_told))
    assert told.startswith(reason)
    assert len(told) <= 200
    assert ("although" in told) is bool(yielded)


# Pinning a story, and channels that the bot is not in


def test_a_pinned_story_is_shown_and_can_be_taken_off_or_replaced() -> None:
    ref = ScheduleRef.of(COMING)
    empty, held = pin_form(ref), pin_form(ref, UMBRELLA)
    for view in (empty, held):
        assert_slack_takes_view(view)
    with pytest.raises(DraftErrors, match="Choose a story"):
        read_pin(sent_as_it_is(empty))
    assert read_pin(sent_as_it_is(held)) == (ref, UMBRELLA.id)
    assert read_pin(ticked(held, "takes_off")) == (ref, None)


def ticked(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    values = filling.state_values(view["blocks"], {})
    values[block_id]["value"]["selected_options"] = [{"value": "yes"}]
    return view | {"state": {"values": values}}


@pytest.mark.parametrize("words", ["word ", *HOSTILE])
def test_stories_to_pin_fit_a_menu(words: str) -> None:
    options = story_options([LONGEST, told_by_a_colleague(words)] * 80)
    assert len(options) == 100
    check_suggestions({"options": options})
    check_view(pin_form(ScheduleRef.of(COMING), told_by_a_colleague(words)))


def test_who_goes_on_where_the_bot_is_not_any_more_learns_how_to_bring_it_back() -> None:
    message = not_invited(ScheduleRef.of(COMING))
    assert_slack_takes(message)
    assert [read_schedule_ref(button["value"]) for button in found(message["blocks"], "action_id", ids.JOIN)] == [
        ScheduleRef.of(COMING)
    ]
    assert "I am not in <#C12345678>. I can join it" in message["text"]


def test_who_has_pinned_a_story_reads_when_it_comes() -> None:
    for schedule, story, told in (
        (COMING, UMBRELLA, "“The umbrella” is told on Monday 23 November at 09:00, in 2 days."),
        (replace(COMING, next=None), UMBRELLA, "“The umbrella” is told once it is resumed."),
        (COMING, None, "The rotation chooses the next story again."),
    ):
        view = pinned(schedule, story, SATURDAY)
        check_view(view)
        assert told in texts_in(view["blocks"])


def test_who_posts_now_reads_what_it_does_to_the_next_one() -> None:
    used = replace(COMING, last=LONDON.slot(MONDAY), next=LONDON.slot(MONDAY + WEEK))
    for schedule, now, told in (
        (COMING, SATURDAY, "The next one still comes on Monday 23 November at 09:00."),
        (COMING, LONDON.slot(MONDAY).due_at - timedelta(hours=1), "it takes the place of that of Monday 23 November."),
        (used, SATURDAY + timedelta(days=3), "The next one still comes on Monday 30 November at 09:00."),
        (replace(COMING, next=None), SATURDAY, "Everybody in the channel sees it."),
    ):
        assert confirms(listed([Entry(schedule)], THEMES, now, "/story", may_change=True))[0].endswith(told)
        with_pin = Entry(schedule.pinning(Pin("the-ring", "UGRACE")))
        asked = confirms(listed([with_pin], THEMES, now, "/story", may_change=True))[0]
        assert asked.startswith("The pinned one is told, and its pin used up.")
        assert asked.endswith(told)


@settings(max_examples=50)
@given(st.text(max_size=20), st.text(max_size=40))
def test_a_button_says_which_schedule_was_seen(channel_id: str, schedule_id: str) -> None:
    ref = ScheduleRef(channel_id, schedule_id)
    assert read_schedule_ref(ref.value()) == ref


@pytest.mark.parametrize("value", ["", "{}", "[]", "new", '["C1"]', '["C1","s",1]'])
def test_a_button_of_an_older_version_says_so(value: str) -> None:
    with pytest.raises(UserError, match="older version"):
        read_schedule_ref(value)


# Dates in words


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (2, "in 2 days"),
        (13, "in 13 days"),
        (14, "in 2 weeks"),
        (-9, "9 days ago"),
        (-30, "4 weeks ago"),
    ],
)
def test_how_far_a_day_is(days: int, told: str) -> None:
    assert when.relative(MONDAY + timedelta(days=days), MONDAY) == told


def test_tomorrow_is_what_the_calendar_of_the_zone_says() -> None:
    auckland = Timing(0, time(9), "Pacific/Auckland")
    sunday_there = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert when.next_due(auckland, auckland.slot(MONDAY), sunday_there) == "on Monday 23 November at 09:00, tomorrow"


def test_a_slot_whose_date_the_island_skipped_is_told_as_the_clocks_show_it() -> None:
    samoa = Timing(4, time(9), "Pacific/Apia")
    skipped: Slot = samoa.slot(date(2011, 12, 30))
    assert when.due(samoa, skipped) == "on Saturday 31 December at 00:00"
