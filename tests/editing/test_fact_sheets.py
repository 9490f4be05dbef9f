"""An editor keeps fact sheets and wants to know which stories are still to be written."""

from pathlib import Path

import pytest

from bot.editing.fact_sheets import untold
from bot.errors import Problem

TOLD = {"the-umbrella", "the-hat"}


def asked(folder: Path, sheet: str) -> list[Problem]:
    path = folder / "facts.yaml"
    path.write_text(sheet)
    return untold([path], TOLD)


@pytest.mark.parametrize(
    ("sheet", "line"),
    [
        ("- key: the-umbrella\n- key: the-ring\n  facts: [a ring was lost]\n", 2),
        ("documents: {a.txt: {title: A}}\nstories:\n  - facts: []\n    id: the-ring\n  - id: the-hat\n", 4),
    ],
    ids=["a list by key", "a list under stories by id"],
)
def test_a_story_that_nobody_has_told_is_named_with_its_line(tmp_path: Path, sheet: str, line: int) -> None:
    [problem] = asked(tmp_path, sheet)
    assert (Path(problem.path).name, problem.line) == ("facts.yaml", line)
    assert problem.what == "No story tells “the-ring”."


def test_when_all_is_told_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert asked(tmp_path, "- key: the-umbrella\n- key: the-hat\n") == []


@pytest.mark.parametrize(
    "sheet", ["7", "stories: 7", "stories: []", "- facts: [a ring]", "- key: [the-ring]", "- the-ring"]
)
def test_a_sheet_without_stories_is_told_as_such(tmp_path: Path, sheet: str) -> None:
    assert [problem.what for problem in asked(tmp_path, sheet)] == ["There is no story in this fact sheet."]


def test_a_sheet_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    [broken] = asked(tmp_path, "- key: the-umbrella\n- key: [")
    assert "This is not YAML" in broken.what
    [missing] = untold([tmp_path / "nowhere.yaml"], TOLD)
    assert missing.what == "This is not a file."
