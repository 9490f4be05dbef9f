"""Made libraries: the same everywhere, like the real one, and good enough for a pack."""

import re
from pathlib import Path

from bench import synthetic
from bot.reading import packs


def test_the_same_size_gives_the_same_library() -> None:
    assert synthetic.library(50) == synthetic.library(50)


def test_a_made_library_is_a_good_pack(tmp_path: Path) -> None:
    made = synthetic.library(120)
    synthetic.write_pack(made, tmp_path / "made")
    loaded = packs.load([tmp_path / "made"])
    assert not loaded.problems
    assert set(loaded.library.stories) == set(made.stories)


def test_more_stories_bring_more_words_but_ever_fewer_each() -> None:
    few, many = (len(_words(size)) for size in (90, 900))
    assert 1.5 * few < many < 10 * few


def test_no_question_comes_twice() -> None:
    questions = synthetic.questions(synthetic.library(20))
    assert len(set(questions)) == len(questions) == synthetic.QUESTIONS


def _words(size: int) -> set[str]:
    return {word for story in synthetic.library(size).stories for word in re.findall(r"\w+", story.story)}
