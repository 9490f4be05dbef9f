"""Which story a channel gets, as its readers see it over the weeks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.library import Library
from bot.domain.rotation import (
    COMPANY_APART,
    ORDER,
    SIMILAR_APART,
    Choice,
    Draw,
    Pin,
    Reason,
    Rule,
    Telling,
    choose,
    preview,
)
from bot.domain.story import Story

WEEK = timedelta(weeks=1)
NOVEMBER = date(2026, 11, 2)
GENERAL = Draw("C-general")


def story(story_id: str, **facts: object) -> Story:
    """A story with a theme and a company of its own, unless said otherwise."""
    known = {"themes": (f"theme-of-{story_id}",), "company": f"{story_id} Ltd", **facts}
    return Story(id=story_id, title=story_id, told_by="Ada", summary="Short.", story="Long. " * 10, **known)


def shelf(count: int) -> list[Story]:
    return [story(f"story-{number}") for number in range(count)]


@dataclass
class Channel:
    """A channel that is told a story a week."""

    stories: list[Story]
    on: date = NOVEMBER
    draw: Draw = GENERAL
    fresh: set[str] = field(default_factory=set)
    history: list[Telling] = field(default_factory=list)

    def hears(self, pin: Pin | None = None) -> Choice:
        choice = choose(self.stories, self.history, self.on, self.draw, self.fresh, pin)
        assert choice
        self.history.append(Telling(self.on, choice.story.id))
        self.on += WEEK
        return choice

    def hears_for(self, weeks: int) -> list[str]:
        return [self.hears().story.id for _ in range(weeks)]


def test_a_channel_hears_every_story_before_one_comes_again() -> None:
    channel = Channel(shelf(7))
    first, second = channel.hears_for(7), channel.hears_for(7)
    assert len(set(first)) == len(set(second)) == 7


def test_the_second_round_begins_with_what_was_told_longest_ago() -> None:
    channel = Channel(shelf(12))
    first = channel.hears()
    channel.hears_for(11)
    again = channel.hears()
    assert (again.story, again.reason, again.last_told) == (first.story, Reason.OLDEST, NOVEMBER)
    assert (first.reason, first.last_told) == (Reason.NEW_HERE, None)


def test_two_channels_do_not_hear_the_same_in_the_same_order() -> None:
    assert Channel(shelf(20)).hears_for(20) != Channel(shelf(20), draw=Draw("C-random")).hears_for(20)


def test_in_december_the_christmas_story_comes_and_in_november_it_does_not() -> None:
    channel = Channel([*shelf(30), story("santa", season=("december",))])
    assert "santa" not in channel.hears_for(5)
    santa = channel.hears()
    assert (santa.story.id, santa.reason) == ("santa", Reason.SEASONAL)


def test_a_colleague_sees_a_newly_approved_story_next_even_before_christmas() -> None:
    channel = Channel([*shelf(30), story("santa", season=("december",)), story("adas-own")], on=date(2026, 12, 7))
    channel.fresh = {"adas-own"}
    told = [channel.hears(), channel.hears(), channel.hears()]
    assert [choice.reason for choice in told] == [Reason.FRESH, Reason.SEASONAL, Reason.NEW_HERE]
    assert [choice.story.id for choice in told[:2]] == ["adas-own", "santa"]


def test_a_company_comes_again_after_more_than_eight_weeks() -> None:
    channel = Channel([*shelf(30), story("shoes", company="Zappos"), story("boots", company=" zappos ")])
    channel.hears(Pin("shoes", "U-ada"))
    channel.fresh = {"boots"}
    assert channel.hears_for(9).index("boots") == 8


def test_similar_stories_stay_apart_whichever_of_the_two_says_so() -> None:
    for named, other in (("snow", "storm"), ("storm", "snow")):
        channel = Channel([*shelf(30), story(named, similar=(other,)), story(other)])
        channel.hears(Pin("snow", "U-ada"))
        channel.fresh = {"storm"}
        assert channel.hears_for(5).index("storm") == 4


def test_a_theme_does_not_come_twice_running_while_there_is_another() -> None:
    calm = [story(f"calm-{number}", themes=("calm",)) for number in range(6)]
    kind = [story(f"kind-{number}", themes=("kind", "quiet")) for number in range(6)]
    themes = [story_id.split("-")[0] for story_id in Channel([*calm, *kind]).hears_for(12)]
    assert all(before != after for before, after in pairwise(themes))


def test_where_a_channel_draws_from_one_theme_that_one_is_no_repetition() -> None:
    funny = [story(f"funny-{number}", themes=("humour",)) for number in range(5)]
    channel = Channel([*funny, *shelf(5)], draw=Draw("C-general", frozenset({"humour"})))
    told = [channel.hears() for _ in range(10)]
    assert {choice.story.id for choice in told} == {other.id for other in funny}
    assert all(choice.yielded in ((), (Rule.COMPANY,)) for choice in told)


def test_a_draw_that_no_story_has_gives_none() -> None:
    assert choose(shelf(3), [], NOVEMBER, Draw("C-general", frozenset({"courage"}))) is None
    assert choose([], [], NOVEMBER, GENERAL) is None
    assert preview([], [], [NOVEMBER], GENERAL) == []


def test_a_pinned_story_wins_over_every_rule_and_says_who_wished_it() -> None:
    channel = Channel([*shelf(5), story("santa", season=("december",))])
    channel.fresh = {"story-1"}
    choice = channel.hears(Pin("santa", "U-ada"))
    assert (choice.story.id, choice.reason, choice.pinned_by) == ("santa", Reason.PINNED, "U-ada")
    assert channel.hears().reason is Reason.FRESH


def test_a_pinned_story_that_was_withdrawn_is_passed_over() -> None:
    assert Channel(shelf(5)).hears(Pin("gone", "U-ada")).reason is Reason.NEW_HERE


def test_the_only_story_is_told_every_week_and_says_what_had_to_yield() -> None:
    channel = Channel(shelf(1))
    assert channel.hears().yielded == ()
    assert channel.hears().yielded == (Rule.COMPANY, Rule.MAIN_THEME, Rule.THEME)


def test_only_christmas_stories_in_july_are_better_than_silence() -> None:
    assert Channel([story("santa", season=("december",))], on=date(2026, 7, 6)).hears().yielded == (Rule.SEASON,)


def test_the_weaker_rule_yields_first() -> None:
    """Everything left clashes with the story before: a shared theme is the least of it."""
    before = story("before", themes=("calm", "kind"), company="Zappos")
    company = story("company", company="Zappos")
    similar = story("similar", similar=("before",))
    main = story("main", themes=("calm",))
    shared = story("shared", themes=("wise", "kind"))
    left = [company, similar, main, shared]
    while left:
        choice = choose([before, *left], [Telling(NOVEMBER, "before")], NOVEMBER + WEEK, GENERAL)
        assert choice
        assert choice.story is left.pop()
    assert [rule for rule in ORDER if isinstance(rule, Rule)] == list(Rule)


@pytest.mark.parametrize("number", range(3))
def test_ninety_stories_over_four_years_are_told_in_rounds(library: Library, number: int) -> None:
    channel = Channel(list(library.stories), draw=Draw(f"C-{number}"))
    told = [channel.hears() for _ in range(208)]
    gaps = [on - choice.last_told for (on, _), choice in zip(channel.history, told, strict=True) if choice.last_told]
    assert min(gaps) > timedelta(weeks=40)  # a Christmas story may come again in the next year's round
    assert sum(not choice.yielded for choice in told) > 208 * 0.9


def themed(count: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(["calm", "kind", "wise", "funny"]), min_size=1, max_size=count, unique=True)


@st.composite
def libraries(draw: st.DrawFn) -> list[Story]:
    """A few stories that clash in every way."""
    ids = [f"s{number}" for number in range(draw(st.integers(1, 14)))]
    months = st.sampled_from([(), (), (), ("december",), ("november", "january")])
    return [
        story(
            story_id,
            themes=tuple(draw(themed(3))),
            company=draw(st.sampled_from([None, None, "Zappos", "LEGO", story_id])),
            season=draw(months),
            similar=tuple(draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))),
        )
        for story_id in ids
    ]


def breaks(rule: Rule, candidate: Story, channel: Channel) -> bool:
    """Whether a candidate breaks a rule this week, told plainly."""
    by_id = {other.id: other for other in channel.stories}
    known = [(channel.on - on, by_id[story_id]) for on, story_id in channel.history if story_id in by_id]
    last = by_id.get(channel.history[-1].story_id) if channel.history else None
    match rule:
        case Rule.SEASON:
            return bool(candidate.season) and f"{channel.on:%B}".lower() not in candidate.season
        case Rule.ROUND:
            return candidate.id in this_round([telling.story_id for telling in channel.history])
        case Rule.COMPANY:
            return any(
                ago <= COMPANY_APART and candidate.company and other.company == candidate.company
                for ago, other in known
            )
        case Rule.SIMILAR:
            return any(
                channel.on - on <= SIMILAR_APART
                and (told in candidate.similar or (told in by_id and candidate.id in by_id[told].similar))
                for on, told in channel.history
            )
        case Rule.MAIN_THEME:
            return bool(last and last.themes[0] == candidate.themes[0])
        case Rule.THEME:
            return bool(last and set(last.themes) & set(candidate.themes))


def this_round(told: Sequence[str]) -> set[str]:
    """The ids from the last repetition on."""
    start = 0
    for end in range(len(told)):
        if told[end] in told[start:end]:
            start = end
    return set(told[start:])


@settings(max_examples=40)
@given(libraries(), st.data())
def test_a_rule_yields_only_when_nothing_that_stronger_rules_leave_satisfies_it(
    stories: list[Story], data: st.DataObject
) -> None:
    """Over more than a year, while stories come, go and are withdrawn, and somebody approves or pins one."""
    channel = Channel(stories)
    for _ in range(60):
        channel.stories = data.draw(st.sampled_from([stories, stories[: len(stories) // 2 + 1], stories[-3:]]))
        if data.draw(st.integers(0, 9)) == 0:
            channel.hears(Pin(data.draw(st.sampled_from(stories)).id, "U-ada"))
            continue
        left = channel.stories
        for rule in (Rule.SEASON, Rule.ROUND, Rule.COMPANY, Rule.SIMILAR, Rule.MAIN_THEME):
            left = [candidate for candidate in left if not breaks(rule, candidate, channel)] or left
        chosen = choose(channel.stories, channel.history, channel.on, GENERAL)
        assert chosen
        assert chosen.story in left
        kept = {rule for rule in Rule if not breaks(rule, chosen.story, channel)}
        assert chosen.yielded == tuple(rule for rule in Rule if rule not in kept | {Rule.ROUND})
        assert channel.hears() == chosen


@settings(max_examples=40)
@given(st.lists(st.integers(0, 11), min_size=1, max_size=12, unique=True), st.integers(13, 60))
def test_what_does_not_change_is_told_in_whole_rounds(numbers: list[int], weeks: int) -> None:
    channel = Channel([story(f"s{number}", themes=("calm",), company="Zappos") for number in numbers])
    told = channel.hears_for(weeks)
    for start in range(0, weeks - len(numbers) + 1, len(numbers)):
        assert len(set(told[start : start + len(numbers)])) == len(numbers)


@settings(max_examples=40)
@given(libraries(), st.integers(0, 40), st.booleans())
def test_the_preview_is_what_is_posted_when_nothing_changes(stories: list[Story], weeks: int, pinned: bool) -> None:
    channel = Channel(stories, fresh={stories[-1].id})
    channel.hears_for(weeks)
    pin = Pin(stories[0].id, "U-ada") if pinned else None
    dates = [channel.on + number * WEEK for number in range(5)]
    seen = preview(channel.stories, channel.history, dates, GENERAL, channel.fresh, pin)
    assert seen == [channel.hears(pin), *(channel.hears() for _ in range(4))]


@settings(max_examples=40)
@given(libraries(), st.randoms(use_true_random=False))
def test_the_order_of_the_library_does_not_matter(stories: list[Story], random: Random) -> None:
    shuffled = random.sample(stories, len(stories))
    assert Channel(stories).hears_for(20) == Channel(shuffled).hears_for(20)
