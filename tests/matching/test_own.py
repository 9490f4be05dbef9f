"""A team's own stories are found beside the library's, by that team only, without building anything big anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.library import Library
from bot.domain.match import Match
from bot.domain.story import Story
from bot.matching import Matcher
from bot.matching.bm25 import Floats
from bot.matching.encoder import STANDARD

HAMSTER = Story(
    id="own-1",
    title="The hamster on line two",
    told_by="Ada",
    themes=("humour",),
    summary="A caller's hamster chewed through the router cable.",
    story="A caller's hamster chewed through the router cable. Ravi sent a new one, and a wooden toy for the hamster.",
)
LIGHTHOUSE = Story(
    id="own-2",
    title="Xanthippe waits at Kvitsøy",
    told_by="Grace",
    company="Zephyrine Ferries",
    themes=("seeing-it-through", "teamwork"),
    summary="The last ferry turned round for a keeper who stood on the pier.",
    story="The captain saw the lighthouse keeper on the empty pier, turned round, and the crew let the ramp down.",
)


def first(matches: Sequence[Match]) -> Match:
    return matches[0]


@pytest.mark.parametrize(
    ("words", "story"),
    [
        ("the hamster on line two", HAMSTER),
        ("hamster", HAMSTER),
        ("hamstre", HAMSTER),
        ("a rodent gnawed the internet wire", HAMSTER),
        ("un hámster", HAMSTER),
        ("zephyrine", LIGHTHOUSE),
        ("zephirine feries", LIGHTHOUSE),
        ("kvitsoy", LIGHTHOUSE),
        ("a story told by Grace", LIGHTHOUSE),
    ],
)
def test_a_team_finds_its_own_story_by_words_meaning_and_slips(matcher: Matcher, words: str, story: Story) -> None:
    best = first(matcher.with_own([HAMSTER, LIGHTHOUSE]).match(words))
    assert best.is_strong
    assert best.story == story
    assert best.why


def test_a_team_finds_its_own_story_by_its_theme(matcher: Matcher) -> None:
    funny = matcher.with_own([HAMSTER]).match("humour")
    assert HAMSTER.id in {match.story.id for match in funny if match.is_strong}


@pytest.mark.parametrize("words", ["hamster", "hamstre", "a rodent gnawed the internet wire", "zephirine feries"])
def test_nobody_else_finds_it(matcher: Matcher, words: str) -> None:
    matcher.with_own([HAMSTER])
    matcher.with_own([LIGHTHOUSE]).match(words)
    own = {HAMSTER.id, LIGHTHOUSE.id}
    assert not own & {match.story.id for match in matcher.match(words)}
    assert HAMSTER.id not in {match.story.id for match in matcher.with_own([LIGHTHOUSE]).match(words)}


def test_a_story_taken_back_is_found_no_more(matcher: Matcher) -> None:
    assert first(matcher.with_own([HAMSTER]).match("hamster")).story == HAMSTER
    assert "hamster" not in {match.story.id for match in matcher.with_own([]).match("hamster")}


def test_a_story_of_the_library_is_not_replaced(matcher: Matcher, library: Library) -> None:
    of_library = library.stories[0]
    false = HAMSTER.model_copy(update={"id": of_library.id})
    assert false not in [match.story for match in matcher.with_own([false]).match("hamster")]


@dataclass
class Listening:
    """The standard encoder, which tells what it was asked to encode, and remembers it, to be quicker."""

    version: str = STANDARD.version
    asked: list[str] = field(default_factory=list)
    known: dict[str, Floats] = field(default_factory=dict)

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        if new := [text for text in texts if text not in self.known]:
            self.known |= dict(zip(new, STANDARD.encode(new), strict=True))
        return np.array([self.known[text] for text in texts])

    def pieces(self, text: str) -> list[str]:
        return STANDARD.pieces(text)


def test_with_one_story_more_only_that_one_is_encoded(seventeen: Library) -> None:
    encoder = Listening()
    matcher = Matcher(seventeen, encoder)
    matcher.with_own([HAMSTER])
    encoder.asked.clear()
    matcher.with_own([HAMSTER, LIGHTHOUSE])
    assert LIGHTHOUSE.title in encoder.asked
    assert HAMSTER.title not in encoder.asked
    encoder.asked.clear()
    matcher.with_own([LIGHTHOUSE])
    assert encoder.asked == []


def test_without_an_encoder_own_stories_are_found_by_their_words(by_words_alone: Matcher) -> None:
    assert first(by_words_alone.with_own([HAMSTER]).match("hamstre")).story == HAMSTER


WISHES = [
    "lost ring", "empathy", "not about airlines", "a toy for a child", "teamwork in a restaurant", "nordstorm", "café",
    "générosité", "2009", "the phone", "on the phone", "someone waited at the airport", "postgres replication lag",
    "hungry", "snowed in", "creativty", "letter to a boy", "ignored the handbook", "usa", "",
]  # fmt: skip


LISTENING = Listening()


@settings(max_examples=20)
@given(st.sets(st.integers(0, 16), min_size=1, max_size=6), st.lists(st.sampled_from(WISHES), min_size=3, max_size=6))
def test_it_makes_no_difference_to_a_story_whose_it_is(seventeen: Library, own: set[int], wishes: list[str]) -> None:
    of_team = tuple(story for number, story in enumerate(seventeen.stories) if number in own)
    of_library = tuple(story for number, story in enumerate(seventeen.stories) if number not in own)
    together = Matcher(Library((*of_library, *of_team), seventeen.themes), LISTENING)
    apart = Matcher(Library(of_library, seventeen.themes), LISTENING).with_own(of_team)
    for wish in wishes:
        expected, found = together.match(wish), apart.match(wish)
        assert [match.story.id for match in found] == [match.story.id for match in expected]
        assert [match.score for match in found] == pytest.approx([match.score for match in expected], abs=0.001)
        assert [match.why for match in found] == [match.why for match in expected]
        assert [match.strength for match in found] == [match.strength for match in expected]
