"""The answers to judged queries stay as good as they were measured; `make relevance` shows them by kind.

When stories, themes or weights change for the better, measure again and write the new figures here.
"""

import pytest

from bench.judged import Answer, Figures, judged
from bot.matching import Matcher

SLACK = 0.01

# nDCG@3 over the seventeen judged stories, as measured.
MEASURED = {"dev": 0.965, "languages": 0.923, "own-tuning": 0.918, "own-test": 0.928}
BY_WORDS_ALONE = {"dev": 0.887, "own-tuning": 0.800, "own-test": 0.784}


def figures(matcher: Matcher, name: str) -> Figures:
    """What `make relevance` prints for one file of judged queries."""
    answers = []
    for query in judged(name):
        matches = matcher.match(query.words)
        answer = Answer([match.story.id for match in matches], bool(matches) and matches[0].is_strong)
        answers.append((query, answer))
    return Figures.of(answers)


@pytest.mark.parametrize("name", MEASURED)
def test_answers_stay_as_good_as_they_were_measured(small: Matcher, name: str) -> None:
    assert (figures(small, name).ndcg or 0) >= MEASURED[name] - SLACK


@pytest.mark.parametrize("name", BY_WORDS_ALONE)
def test_answers_stay_good_without_an_encoder(by_words_alone: Matcher, name: str) -> None:
    assert (figures(by_words_alone, name).ndcg or 0) >= BY_WORDS_ALONE[name] - SLACK


def test_a_story_that_fits_is_among_the_first_three_in_every_language(small: Matcher) -> None:
    assert (figures(small, "languages").among_three or 0) >= 0.95


def test_what_nothing_answers_gets_no_strong_story(small: Matcher, matcher: Matcher) -> None:
    assert figures(small, "dev").false_strong == 0
    assert figures(matcher, "dev").false_strong == 0


def test_what_a_story_answers_gets_a_strong_one(small: Matcher) -> None:
    assert (figures(small, "dev").strong or 0) >= 0.96
    assert (figures(small, "own-test").strong or 0) >= 0.97
