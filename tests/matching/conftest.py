"""A matcher over the seventeen stories that were judged; the whole library's is the one of every test."""

import pytest

from bench.judged import judged_stories
from bot.domain.library import Library
from bot.matching import Matcher


@pytest.fixture(scope="session")
def seventeen(library: Library) -> Library:
    return library.only(judged_stories())


@pytest.fixture(scope="session")
def small(seventeen: Library) -> Matcher:
    return Matcher(seventeen)


@pytest.fixture(scope="session")
def by_words_alone(seventeen: Library) -> Matcher:
    return Matcher(seventeen, encoder=None)
