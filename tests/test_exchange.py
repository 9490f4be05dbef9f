"""A team's stories leave as a pack, as JSON or as CSV, go through other hands, and come back."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.story import Source, Story, Theme
from bot.errors import Problem, ProblemsError
from bot.exchange import pack, reading
from bot.exchange.csv_file import to_csv
from bot.exchange.fields import fields_of
from bot.exchange.json_file import to_json
from bot.exchange.reading import read
from bot.reading import packs
from bot.reading.strict_yaml import UNSEEN
from bot.reading.strict_yaml import read as read_yaml

THEMES = [
    Theme(
        id="empathy", name="Empathy", emoji="heart", meaning="Feeling with somebody.", synonyms=("NO", "- kind", "a:")
    ),
    Theme(id="no", name="NO", emoji="no_entry", meaning="Saying no: well."),
    Theme(id="speed", name="Speed", emoji="zap", meaning="Being quick."),
]
IDS = [theme.id for theme in THEMES]
TOLD = "A guest had left her coat on the train, and Ana ran after it."
COAT = Story(
    id="a-coat", title="A coat", told_by="Ana", themes=("empathy",), summary="Ana ran after a coat.", story=TOLD
)


UNSEEN_SIGNS = [sign for sign in map(chr, range(0x10000)) if UNSEEN.match(sign)]
SIGNS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=UNSEEN_SIGNS)
HOSTILE = [
    "NO", "1.10", "null", "~", "- x", "#", "a # b", "a: b", "a:", "2024-01-02", "0x1F", "1_000", "<<", "=", "---",
    "'=1+1", "''@x", "=cmd|' /C calc'!A0", "@SUM(1)", "＝1", "+1", "-1", "'twas", "a;=1", "x\n=1", "a;b\tc", "A,B", '"',
    '""', "{a}", "[a", "*x", "&x", "!x", "%x", "a | b", "a \\| b", "\\", "\\n", "| a", "> a", "`a", "url: https://x.y",
    "x\n- a\n- b", "x  \n  y \n\n\n z", "x\n\ty\t", "x\n---\ny", "x\n...", "\u00a0a", "a\u3000", "? a",
    "שלום (a) עולם", "👩\u200d👧 ❤️", "مرحبا 123",
]  # fmt: skip


def text(least: int, most: int) -> st.SearchStrategy[str]:
    """What people type, good and bad, as the model keeps it."""
    parts = st.lists(st.text(SIGNS, max_size=20) | st.sampled_from(HOSTILE), min_size=1, max_size=3)
    prose = st.builds(str.join, st.sampled_from(["\n", "\n\n", " \n", " ", ""]), parts)
    return prose.map(lambda told: (told + "." * (least - len(told.strip())))[:most]).filter(str.strip)


STORY_IDS = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3}){0,2}", fullmatch=True).filter(lambda name: name != "themes")
SOURCES = st.builds(
    Source,
    title=text(1, 200),
    publisher=st.none() | text(1, 120),
    author=st.none() | text(1, 120),
    document=text(1, 120),
    url=st.none() | st.sampled_from(["https://example.org/a#b", "http://x/'=1;=2", "https://x/a:"]),
)
LONG = st.lists(
    st.sampled_from(["word", "- dash", "#tag", "a: b", "=1", "x" * 130, "\n", "\n\n", "  ", "שלום"]), min_size=60
)
STORIES = st.builds(
    Story,
    id=STORY_IDS | st.sampled_from(["no", "null", "1", "2024-01-02", "on"]),
    title=text(1, 60),
    told_by=text(1, 60),
    company=st.none() | text(1, 60),
    industry=st.none() | text(1, 40),
    place=st.none() | text(1, 60),
    year=st.none() | st.integers(1800, 2100),
    themes=st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True).map(tuple),
    summary=text(1, 200),
    story=text(40, 2_500) | LONG.map(lambda words: ("." * 40 + " ".join(words))[:2_500]),
    takeaway=st.none() | text(1, 200),
    differs=st.none() | text(1, 500),
    season=st.lists(st.sampled_from(["december", "may"]), unique=True).map(tuple),
    sources=st.lists(SOURCES, max_size=3).map(tuple),
)
LIBRARIES = st.lists(STORIES, min_size=1, max_size=4, unique_by=lambda story: story.id)


def leaves(stories: list[Story], kind: str, folder: Path) -> Path:
    if kind == "pack":
        pack.write(stories, THEMES, folder / "pack")
        return folder / "pack"
    path = folder / f"stories.{kind}"
    path.write_bytes(to_json(stories) if kind == "json" else to_csv(stories))
    return path


def content(path: Path) -> dict[str, bytes]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return {file.name: file.read_bytes() for file in files}


@pytest.mark.parametrize("kind", ["pack", "json", "csv"])
@settings(max_examples=25)
@given(stories=LIBRARIES)
@example(stories=[COAT.model_copy(update={"id": "b", "similar": ("a-coat", "b")}), COAT])
def test_what_leaves_comes_back_and_leaves_again_as_it_was(kind: str, stories: list[Story]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        left = leaves(stories, kind, Path(one))
        back, problems = read(left, IDS)
        assert problems == []
        if kind == "pack":  # which has to stand alone
            told = {story.id for story in stories}
            stories = [
                story.model_copy(update={"similar": tuple(id for id in story.similar if id in told - {story.id})})
                for story in stories
            ]
        assert sorted(back, key=lambda story: story.id) == sorted(stories, key=lambda story: story.id)
        assert content(leaves(back, kind, Path(two))) == content(left)


@settings(max_examples=25)
@given(LIBRARIES)
def test_a_written_pack_is_a_good_pack(stories: list[Story]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        loaded = packs.load([leaves(stories, "pack", Path(folder))])
        assert loaded.problems == []
        assert {story.id: story for story in loaded.library.stories} == {story.id: story for story in stories}
        assert all(theme in THEMES for theme in loaded.library.themes)


def test_the_pack_that_comes_along_goes_through_every_format(tmp_path: Path) -> None:
    library = packs.load([packs.builtin_folder()]).library
    (tmp_path / "stories.json").write_bytes(to_json(library.stories))
    (tmp_path / "stories.csv").write_bytes(to_csv(library.stories))
    pack.write(library.stories, library.themes, tmp_path / "pack")
    ids = [theme.id for theme in library.themes]
    for name in ("stories.json", "stories.csv", "pack"):
        assert read(tmp_path / name, ids) == (list(library.stories), [])
    assert packs.load([tmp_path / "pack"]).problems == []


def test_a_pack_reads_as_people_write_it() -> None:
    story = COAT.model_copy(
        update={
            "company": "NO",
            "year": 2024,
            "themes": ("empathy", "speed"),
            "takeaway": "Run: it is worth it.",
            "story": f"{TOLD}\n\nShe was glad.",
            "sources": (Source(title="The ticket", document="12"), Source(title="A page", url="https://example.org/")),
        }
    )
    assert pack.story_text(story, ()) == (
        "id: a-coat\n"
        "title: A coat\n"
        "told_by: Ana\n"
        'company: "NO"\n'
        "year: 2024\n"
        "themes: [empathy, speed]\n"
        "summary: Ana ran after a coat.\n"
        "story: |\n"
        "  A guest had left her coat on the train, and Ana ran after it.\n"
        "\n"
        "  She was glad.\n"
        'takeaway: "Run: it is worth it."\n'
        "sources:\n"
        "  - title: The ticket\n"
        '    document: "12"\n'
        "  - title: A page\n"
        "    url: https://example.org/\n"
    )


def test_long_lines_are_wrapped_and_read_as_they_were_typed() -> None:
    typed = f"{'All the guests were waiting for her. ' * 20}\n\nThen she came.\nAnd so did he."
    written = pack.story_text(COAT.model_copy(update={"story": typed}), ())
    assert max(map(len, written.splitlines())) <= pack.WIDTH
    value = read_yaml(written).value
    assert isinstance(value, dict)
    assert value["story"] == typed + "\n"


def test_direction_marks_stay_behind_and_the_pack_is_good(tmp_path: Path) -> None:
    told = COAT.model_copy(update={"title": "\u202eA\u200f coat", "story": f"\u2066{TOLD}\r\nShe was glad.\x07"})
    pack.write([told], THEMES, tmp_path / "ours")
    loaded = packs.load([tmp_path / "ours"])
    assert loaded.problems == []
    assert loaded.library.stories == (COAT.model_copy(update={"story": f"{TOLD}\nShe was glad."}),)


@given(st.characters())
def test_what_is_left_out_is_what_a_pack_refuses(sign: str) -> None:
    refused = read_yaml(f"'a{sign}b'" if sign not in "'\n\r" else "a").flaws != []
    assert bool(UNSEEN.match(sign)) == refused


def test_a_theme_that_the_library_lost_is_named_after_its_id(tmp_path: Path) -> None:
    pack.write([COAT.model_copy(update={"themes": ("old-times",)})], THEMES, tmp_path / "ours")
    loaded = packs.load([tmp_path / "ours"])
    assert loaded.problems == []
    assert [theme.name for theme in loaded.library.themes] == ["Old times"]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    pack.write([COAT], THEMES, tmp_path)
    before = content(tmp_path)
    with pytest.raises(ProblemsError, match="something in this folder already"):
        pack.write([COAT.model_copy(update={"title": "Another"})], THEMES, tmp_path)
    assert content(tmp_path) == before
    with pytest.raises(ProblemsError, match="cannot be written"):
        pack.write([COAT], THEMES, tmp_path / "a-coat.yaml")
    with pytest.raises(ProblemsError, match="cannot be called “themes”"):
        pack.write([COAT.model_copy(update={"id": "themes"})], THEMES, tmp_path / "new")
    with pytest.raises(ProblemsError, match="no story"):
        pack.write([], THEMES, tmp_path / "new")


@given(text(1, 200))
@example("a;=1+1\t@x\n-1")
def test_no_cell_is_a_formula_wherever_a_reader_thinks_that_cells_end(told: str) -> None:
    story = COAT.model_copy(update={"summary": told, "title": told.strip()[:60]})
    table = to_csv([story]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    for cell in rows[0].values():
        assert not any(
            part[:1] in set("=+-@＝＋－＠\r\t")
            for part in cell.replace("\t", ";").replace("\n", ";").split(";")
            if part
        )


def test_a_table_from_excel_is_read_whatever_its_delimiter(tmp_path: Path) -> None:
    for delimiter in ",;\t":
        file = io.StringIO(newline="")
        rows = csv.writer(file, delimiter=delimiter)
        rows.writerow(["ID", "Title", "Told by", "Themes", "Summary", "Story", "Year", ""])
        rows.writerow(["a-coat", "A coat", "Ana", "empathy; speed", "Ana ran\r\nafter it", TOLD, "2019", ""])
        rows.writerow([""] * 8)
        path = tmp_path / "from-excel.csv"
        path.write_bytes(file.getvalue().encode("utf-8-sig"))
        stories, problems = read(path, IDS)
        assert problems == []
        assert [(story.themes, story.year, story.summary) for story in stories] == [
            (("empathy", "speed"), 2019, "Ana ran\nafter it")
        ]


HEADING = "id,title,told_by,themes,summary,story,sources\n"
ROW = f'a-coat,A coat,Ana,empathy,Ana ran.,"{TOLD}",\n'


def told(path: Path, data: str | bytes) -> list[tuple[int | None, str]]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    _, problems = read(path, IDS)
    assert all(problem.path == str(path) for problem in problems)
    return [(problem.line, problem.what) for problem in problems]


def test_each_bad_row_is_told_with_its_line(tmp_path: Path) -> None:
    table = (
        HEADING
        + ROW
        + ROW.replace("a-coat", "b").replace("Ana ran.", '"Ana\nran."')
        + ROW.replace("a-coat", "c").replace("empathy", "empaty")
        + ROW.replace("a-coat", "Not an id")
        + ROW
        + ROW.replace("a-coat", "d").replace(",\n", ",A ticket | url: https://x.org | by: Ana\n")
        + ROW.replace("a-coat", "e").replace(TOLD, "Too short.")
        + ROW.replace("a-coat", "f").replace("A coat", "A \u202ecoat")
        + ROW.replace("a-coat", "g").replace("\n", ",more\n")
    )
    assert told(tmp_path / "table.csv", table) == [
        (5, "There is no theme “empaty”."),
        (6, "“id” may hold only small letters a to z, digits and single hyphens."),
        (7, "There is already a story “a-coat”."),
        (8, "“by: Ana” is no part of a source."),
        (9, "The story has 10 characters; it should have at least 40."),
        (10, "There is an invisible character, U+202E, in “title”."),
        (11, "“more” stands in no column."),
    ]


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        ("", None, "There is no story in it."),
        (HEADING, None, "There is no story in it."),
        ("a,b\n1,2\n", 1, "The first row does not name the fields."),
        (HEADING.replace("title", "titel") + ROW, 1, "“titel” is not a column that belongs here."),
        (HEADING.replace("title", "id") + ROW, 1, "The column “id” is there twice."),
        (HEADING.replace("story", "place") + ROW, 1, "The column “story” is missing."),
        (HEADING + ROW + 'b,"no end', 3, "From here on the cells cannot be told apart."),
        (HEADING + ROW + f'b,"{"x" * 140_000}"', 3, "From here on the cells cannot be told apart."),
        ((HEADING + ROW).encode("utf-16"), None, "The text is UTF-16, which Excel calls “Unicode Text”."),
        ((HEADING + ROW.replace("Ana", "Añá")).encode("cp1252"), 2, "The text is not UTF-8 but an older encoding"),
        (b"PK\x03\x04rest", None, "This is a workbook under another name."),
    ],
)
def test_what_is_wrong_with_a_table_is_told(tmp_path: Path, data: str | bytes, line: int | None, what: str) -> None:
    problems = told(tmp_path / "table.csv", data)
    assert problems[0][0] == line
    assert problems[0][1].startswith(what)


def envelope(*stories: object, **changes: object) -> str:
    return json.dumps({"format": "storybot stories", "version": 1, "stories": stories} | changes, indent=1)


def test_each_bad_story_of_a_json_file_is_told_with_its_line(tmp_path: Path) -> None:
    coat = fields_of(COAT)
    problems = told(
        tmp_path / "stories.json",
        envelope(
            coat, {**coat, "id": "b", "yeer": 2019}, "c", {**coat, "id": "d", "title": "a\ud800"}, {**coat, "id": "e"}
        ),
    )
    assert problems == [
        (15, "“yeer” is not a field that belongs here."),
        (26, "This is not a story."),
        (27, "There is an invisible character, U+D800, in “title”."),
    ]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("", "This is not JSON"),
        ("[]", "This is not JSON"),
        ("{}", "This is not JSON"),
        (envelope(), "There is no story in it."),
        (envelope(version=2), "The version is “2”."),
        (envelope(format="other"), "The format is “other”."),
        ('{"stories": []}', "The file does not say its format."),
        (envelope(fields_of(COAT)) + "x", "This is not JSON: something comes after its end."),
        (envelope(fields_of(COAT))[:-3], "This is not JSON"),
        ('{"stories": [{"id": NaN}]}', "NaN is not a number"),
        ('{"stories": [{"id": 1, "id": 2}]}', "A field of this story is given twice."),
        ('{"stories": [' + "[" * 100_000, "The nesting is too deep."),
        ('{"stories": [' + "[" * 500 + "]" * 500 + "]}", "This is not a story."),
        ('{"stories": [' + "9" * 5_000, "Exceeds the limit"),
    ],
)
def test_what_is_wrong_with_a_json_file_is_told(tmp_path: Path, data: str, what: str) -> None:
    assert told(tmp_path / "stories.json", data)[0][1].startswith(what)


def test_every_problem_of_a_pack_is_told_with_its_file(tmp_path: Path) -> None:
    good = pack.story_text(COAT, ())
    (tmp_path / "a-coat.yaml").write_text(good)
    (tmp_path / "b.yaml").write_text(good.replace("a-coat", "b").replace("empathy", "spede"))
    (tmp_path / "c.yaml").write_text(good.replace("a-coat", "c") + "year: &x 1999\n")
    (tmp_path / "d.yml").write_text(good)
    stories, problems = read(tmp_path, IDS)
    assert stories == [COAT]
    assert [(Path(problem.path).name, problem.line, problem.mend) for problem in problems] == [
        ("b.yaml", 4, "Did you mean “speed”?"),
        ("c.yaml", 8, "Write the value out; if the text itself starts with * or &, put it in quotes."),
        ("d.yml", None, "Rename it to .yaml."),
    ]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("nowhere.csv", "The file cannot be read"),
        ("book.xlsx", "This is a workbook"),
        ("stories.docx", "This is no folder"),
        ("empty-folder", "There is no story in it."),
    ],
)
def test_what_is_no_file_of_stories_is_told(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / "empty-folder").mkdir()
    assert [problem.what.startswith(what) for problem in read(tmp_path / name, IDS)[1]] == [True]


@pytest.mark.parametrize("kind", ["pack", "json", "csv"])
def test_who_waits_sees_how_far_it_is(tmp_path: Path, kind: str) -> None:
    shares: list[float] = []
    read(leaves([COAT.model_copy(update={"id": f"coat-{at}"}) for at in range(20)], kind, tmp_path), IDS, shares.append)
    assert len(shares) == 20
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.2
    assert 0.9 < shares[-1] <= 1


def test_a_file_of_nothing_but_mistakes_ends(tmp_path: Path) -> None:
    problems = told(tmp_path / "table.csv", HEADING + "x,,,,,,\n" * 5_000)
    assert len(problems) < reading.MOST_PROBLEMS + 10
    assert problems[-1] == (None, "There are more problems than these.")


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.sampled_from(["csv", "json"]))
def test_whatever_is_in_a_file_reading_it_does_not_raise(data: bytes, kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for start in (b"", HEADING.encode(), b'{"stories": ['):
            path = Path(folder) / f"stories.{kind}"
            path.write_bytes(start + data)
            _, problems = read(path, IDS)
            assert all(isinstance(problem, Problem) and str(problem) for problem in problems)
