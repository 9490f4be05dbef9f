"""The answers to judged queries stay as good as they were measured; `make relevance` shows them by kind.

When stories, themes or weights change for the better, measure again and write the new figures here.
"""

import pytest

from bench.judged import Answer, Figures, judged
from bot.matching import Matcher

SLACK = 0.01

# nDCG@3 over the stories that were judged, seventeen or all ninety, as measured.
MEASURED = {
    "dev": 0.978,
    "languages": 0.944,
    "own-tuning": 0.961,
    "own-test": 0.930,
    "ninety-tuning": 0.941,
    "ninety-test": 0.915,
    "further-tuning": 0.943,
    "chatty-tuning": 0.960,
    "chatty-test": 0.862,
    "wordy-tuning": 0.708,
    "wordy-test": 0.611,
    "lures-tuning": 0.966,
    "lures-test": 0.951,
}
# The share of lures that get a strong story over all ninety, as measured.
LURED = {"own": 0.000, "ninety": 0.250, "further": 0.150, "lures-tuning": 0.133, "lures-test": 0.433}
BY_WORDS_ALONE = {"dev": 0.887, "own-tuning": 0.801, "own-test": 0.771}


def figures(matcher: Matcher, name: str, kind: str = "") -> Figures:
    """What `make relevance` prints for one file of judged queries, or for those of one kind."""
    answers = []
    for query in judged(name):
        if kind in ("", query.kind):
            matches = matcher.match(query.words, limit=3)
            answer = Answer([match.story.id for match in matches], bool(matches) and matches[0].is_strong)
            answers.append((query, answer))
    return Figures.of(answers)


@pytest.mark.parametrize("name", MEASURED)
def test_answers_stay_as_good_as_they_were_measured(small: Matcher, matcher: Matcher, name: str) -> None:
    judged_over = matcher if name.startswith(("ninety", "further", "chatty", "wordy", "lures")) else small
    assert (figures(judged_over, name).ndcg or 0) >= MEASURED[name] - SLACK


@pytest.mark.parametrize("name", BY_WORDS_ALONE)
def test_answers_stay_good_without_an_encoder(by_words_alone: Matcher, name: str) -> None:
    assert (figures(by_words_alone, name).ndcg or 0) >= BY_WORDS_ALONE[name] - SLACK


def test_a_story_that_fits_is_among_the_first_three_in_every_language(small: Matcher) -> None:
    assert (figures(small, "languages").among_three or 0) >= 0.95


@pytest.mark.parametrize(("name", "measured"), [("dev", 0), ("own", 1 / 48)])
def test_what_nothing_answers_gets_no_strong_story_but_for_one(small: Matcher, name: str, measured: float) -> None:
    assert (figures(small, name, kind="none").false_strong or 0) <= measured


@pytest.mark.parametrize("name", ["dev", "own", "ninety", "further"])
def test_what_nothing_answers_seldom_gets_a_strong_story_of_many(matcher: Matcher, name: str) -> None:
    assert (figures(matcher, name, kind="none").false_strong or 0) <= 0.05


@pytest.mark.parametrize("name", LURED)
def test_a_lure_gets_no_strong_story_more_often_than_measured(matcher: Matcher, name: str) -> None:
    assert (figures(matcher, name, kind="lure").false_strong or 0) <= LURED[name] + SLACK


@pytest.mark.parametrize(("half", "measured"), [("tuning", 0.067), ("test", 0.267)])
def test_what_asks_for_nothing_seldom_gets_a_strong_story(matcher: Matcher, half: str, measured: float) -> None:
    assert (figures(matcher, f"lures-{half}", kind="none").false_strong or 0) <= measured + SLACK


@pytest.mark.parametrize("typed", ["asdfgh", "aaaaaaaa", "zxcvbnm", "jkhsdfkjh", "blorf"])
def test_a_slip_of_the_whole_hand_gets_no_strong_story(matcher: Matcher, typed: str) -> None:
    assert not any(match.is_strong for match in matcher.match(typed))


def test_what_a_story_answers_gets_a_strong_one(small: Matcher, matcher: Matcher) -> None:
    assert (figures(small, "dev").strong or 0) >= 0.96
    assert (figures(small, "languages").strong or 0) >= 0.97
    assert (figures(small, "own-test").strong or 0) >= 0.97
    assert (figures(matcher, "ninety-test").strong or 0) >= 0.97
    assert (figures(matcher, "further").strong or 0) >= 0.94
    assert (figures(matcher, "chatty-tuning").strong or 0) >= 0.95
    assert (figures(matcher, "chatty-test").strong or 0) >= 0.80
    assert (figures(matcher, "wordy-tuning").strong or 0) >= 0.93
    assert (figures(matcher, "wordy-test").strong or 0) >= 0.77
    assert (figures(matcher, "lures").strong or 0) >= 0.93
