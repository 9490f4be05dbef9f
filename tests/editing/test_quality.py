"""Somebody has written a good pack and lets the strict rules read it before the others do."""

import tempfile
import textwrap
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.editing.quality import problems
from bot.errors import Problem
from tests.authors import THEMES, Author

TOLD = """\
Rain was coming over the bay when the last ferry put out. A woman had sat on the bench by the rail, and when she was
gone her umbrella was still there.

A deckhand saw it from the boat. He could have told the office, and the office would have kept it on a shelf for a
year. But the next boat back was his own.

So he took it along. On the other side he asked at the bakery, where people know each other. The woman behind the
counter knew whose it was. Half an hour later he knocked at a blue door, gave the umbrella back and ran for his boat.

The umbrella is old. It had been her mother's.
"""
OPENINGS = ("Rain was", "Heavy clouds were", "Fog was")


class Writer(Author):
    """An author whose three stories pass the strict rules, until a change is made to the last one."""

    def writes_well(self, *changes: tuple[str, str], told: str = TOLD) -> Path:
        for story_id, opening in zip(("the-hat", "the-ring", "the-umbrella"), OPENINGS, strict=True):
            last = story_id == "the-umbrella"
            text = told.replace("Rain was", opening)
            path = self.tells(
                story_id,
                ("word " * 100, textwrap.indent(text, "  ").lstrip()),
                ("  - title: The harbour paper", "  - title: The harbour paper\n    publisher: Harbour Press"),
                *(changes if last else ()),
            )
        return path

    def is_told(self) -> list[Problem]:
        loaded = self.loads()
        assert loaded.problems == []
        return problems(loaded)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "ours")


def test_a_pack_that_is_told_well_has_nothing_to_mend(writer: Writer) -> None:
    writer.writes_well()
    assert writer.is_told() == []


MISTAKES = {
    "a sentence that does not end": (
        ("where people know each other. The woman", "where people know each other, and there the old woman"),
        "On the other side",
        "This sentence has 26 words: “On the other side he asked at the bakery",
        "Cut it to 25",
    ),
    "a long sentence on the card": (
        ("noticed the umbrella", f"noticed the umbrella{' and the hat' * 7}"),
        "summary:",
        "has 30 words",
        "make two",
    ),
    "three sentences that begin alike": (
        ("So he took it along. On the other side he", "Then he took it along. Then he sat. Then he"),
        "Then he asked",
        "number 3 in a row that begins with “Then”: “Then he asked",
        "in another way",
    ),
    "the opening of another story": (
        ("Fog was", "heavy clouds\n  were"),
        "  heavy clouds",
        "opens with “heavy clouds”, as “the-ring” does",
        "Open one",
    ),
    "praise": (("umbrella is old", "amazing umbrella is old"), "The amazing", "“amazing” praises", "Say what was done"),
    "an advertisement": (("blue door", "blue door, wow"), "wow", "“wow” is the language of advertisements", "Name"),
    "an advertisement over two lines": (
        ("blue door", "door above and\n  beyond"),
        "door above and",
        "“above and beyond” is the language of advertisements",
        "Name",
    ),
    "a feeling": (
        ("crossed the bay", "melted hearts"),
        "that melted",
        "“melted hearts” tells the reader what to feel",
        "Leave",
    ),
    "a moral": (("The umbrella is old", "It goes to show"), "goes to show", "“goes to show” moralises", "takeaway"),
    "a flourish": (
        ("Carry it", "In a world of hats, carry it"),
        "takeaway:",
        "“In a world of” is a flourish",
        "Take it",
    ),
    "a dash": (("door, gave", "door — gave"), "door — gave", "“—” joins", "Make two sentences"),
    "two takeaways": (("yourself.", "yourself. Do it now."), "takeaway:", "“takeaway” has 2 sentences", "Make it one"),
    "a takeaway that calls out": (("yourself.", "yourself!"), "takeaway:", "should end with a full stop", "Word it"),
    "a question that is none": (("carry?", "carry."), "question:", "should end with a question mark", "Word it"),
    "a source without a name": (
        ("    publisher: Harbour Press\n", ""),
        "url:",
        "neither publisher nor author",
        "Add one",
    ),
}


@pytest.mark.parametrize(("change", "at", "what", "mend"), MISTAKES.values(), ids=MISTAKES)
def test_what_a_reader_would_stumble_over_is_told_with_its_line(
    writer: Writer, change: tuple[str, str], at: str, what: str, mend: str
) -> None:
    path = writer.writes_well(change)
    [line] = [number for number, text in enumerate(path.read_text().splitlines(), 1) if at in text]
    [problem] = writer.is_told()
    assert (problem.path, problem.line) == (str(path), line), problem
    assert what in problem.what
    assert mend in problem.mend


def test_long_sentences_and_long_words_are_told_for_the_whole_story(writer: Writer) -> None:
    official = (
        "Organisational representatives subsequently facilitated the authorisation of a supplementary reimbursement "
        "for all of the passengers. "
    )
    writer.writes_well(told=f"Rain was coming. {official * 6}\n")
    of_one = [problem.what for problem in writer.is_told() if problem.path.endswith("the-hat.yaml")]
    assert len(of_one) == 1 + 4  # hard to read, and the third to the sixth sentence that begin alike
    assert "its Flesch Reading Ease is" in of_one[0]


def test_a_story_of_middling_sentences_is_too_long_on_average(writer: Writer) -> None:
    sentence = "the man sat by the sea and saw the boats come in, and at six he went home for tea. "
    told = "".join(f"{first} {sentence}" for first in ("Rain was coming when", "Then", "There", "So", "Here"))
    writer.writes_well(told=told)
    problem = writer.is_told()[0]
    assert problem.what == "The sentences of the story have 21.6 words on average."
    assert problem.mend == "Bring them to 17, some long and some short."


def test_a_theme_that_hardly_any_story_has_is_told_where_it_is_written(writer: Writer) -> None:
    writer.writes_well()
    writer.writes("themes.yaml", THEMES + "  - {id: craft, name: Craft, emoji: hammer, meaning: Doing it well.}\n")
    [problem] = writer.is_told()
    assert (Path(problem.path).name, problem.line) == ("themes.yaml", 4)
    assert problem.what == "0 of 3 stories have the theme “craft”."


def test_a_theme_that_every_other_story_has_is_told(writer: Writer) -> None:
    writer.writes_well()
    for letter in "abcdef":
        writer.tells(f"story-{letter}")
    told = [problem for problem in writer.is_told() if problem.path.endswith("themes.yaml")]
    assert [problem.what for problem in told] == [
        "9 of 9 stories have the theme “listening”.",
        "9 of 9 stories have the theme “ownership”.",
    ]
    assert "Keep it for the 3 that show it best" in told[0].mend


@given(st.integers(20, 120), st.sampled_from(["|", ">"]))
def test_the_line_told_is_that_of_the_sentence_however_the_story_is_wrapped(width: int, style: str) -> None:
    long = "On the other side he asked at the bakery, " + "and asked again, " * 6 + "and then at the harbour."
    told = TOLD.replace("On the other side he asked at the bakery, where people know each other.", long)
    paragraphs = "\n\n".join(textwrap.fill(" ".join(part.split()), width) for part in told.split("\n\n"))
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder, "ours"))
        path = writer.writes_well(("story: |", f"story: {style}"), told=paragraphs)
        [problem] = [problem for problem in writer.is_told() if problem.path == str(path)]
        assert problem.line
        lines = path.read_text().splitlines()
    assert "On" in lines[problem.line - 1].split()


@given(st.lists(st.text("aA1.!?…—'’\"“” -é界", min_size=1, max_size=6).filter(str.strip), min_size=90, max_size=200))
def test_whatever_an_author_writes_is_read_to_its_end(typed: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder, "ours"))
        path = writer.tells("the-umbrella", ("word " * 100, " ".join(["Yes", *typed[1:]])))
        lines = path.read_text().count("\n")
        loaded = writer.loads()
        assume(loaded.library.stories)
        told = problems(loaded)
    assert all(problem.line and 1 <= problem.line <= lines for problem in told)
