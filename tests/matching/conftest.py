"""A matcher over the seventeen stories that were judged; the whole library's is the one of every test."""

import pytest

from bench.judged import seventeen as the_seventeen
from bot.domain.library import Library
from bot.matching import Matcher


@pytest.fixture(scope="session")
def seventeen(library: Library) -> Library:
    return library.only(the_seventeen())


@pytest.fixture(scope="session")
def small(seventeen: Library) -> Matcher:
    return Matcher(seventeen)


@pytest.fixture(scope="session")
def by_words_alone(seventeen: Library) -> Matcher:
    return Matcher(seventeen, encoder=None)
