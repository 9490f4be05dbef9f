"""Somebody writes a pack, makes every mistake there is, and is told where each one is and how to mend it."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.story import Story
from bot.errors import Problem
from bot.reading import strict_yaml
from bot.reading.packs import MOST_PROBLEMS_A_FILE, Themes, builtin_folder, load, schema
from tests.authors import STORY, THEMES, Author


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "ours")


@pytest.fixture
def colleague(tmp_path: Path) -> Author:
    return Author(tmp_path / "theirs")


def places(problems: list[Problem]) -> list[tuple[str, int | None]]:
    return [(Path(problem.path).name, problem.line) for problem in problems]


def test_a_good_pack_is_read_in_the_order_of_its_names(author: Author) -> None:
    author.tells("b-second")
    author.tells("a-first")
    loaded = author.loads()
    assert loaded.problems == []
    assert [story.id for story in loaded.library.stories] == ["a-first", "b-second"]
    assert [theme.id for theme in loaded.library.themes] == ["listening", "ownership"]


def test_the_pack_that_comes_along_is_good() -> None:
    loaded = load([builtin_folder()])
    assert loaded.problems == []
    assert loaded.library.stories
    assert all(loaded.library.stories_with(theme.id) for theme in loaded.library.themes)


def test_what_the_author_typed_stays_what_it_was(author: Author) -> None:
    author.tells(
        "the-umbrella",
        ("company: Harbour Ferries", "company: NO"),
        ("country: Norway", "country: 1_000"),
        ("industry: ferries", "industry: 1.10"),
        ("channel: in person", "channel: 2024-01-02"),
        ("title: The umbrella that crossed the bay", "title: 012"),
        ("summary: A deckhand noticed the umbrella left on a bench.", "summary: yes"),
        ("takeaway: Carry it across yourself.", "takeaway: 0x1F"),
    )
    story = author.loads().library.story("the-umbrella")
    assert story
    typed = [story.company, story.country, story.industry, story.channel, story.title, story.summary, story.takeaway]
    assert typed == ["NO", "1_000", "1.10", "2024-01-02", "012", "yes", "0x1F"]
    assert story.year == 1998


@pytest.mark.parametrize("nothing", ["", " null", " ~"])
def test_an_author_may_leave_out_what_is_not_known(author: Author, nothing: str) -> None:
    author.tells("the-umbrella", ("country: Norway", f"country:{nothing}"), ("year: 1998\n", ""))
    story = author.loads().library.story("the-umbrella")
    assert story
    assert (story.country, story.year) == (None, None)


MISTAKES = {
    "a colon inside plain text": ("title: The umbrella", "title: Note: the umbrella", 3, "not YAML", "quote a text"),
    "a tab": ("country: Norway", "\tcountry: Norway", 6, "not YAML", "Indent with spaces"),
    "an anchor": ("company: Harbour", "company: &us Harbour", 4, "anchor or alias “&us”", "Write the value out"),
    "an alias": ("company: Harbour Ferries", "company: *us", 4, "alias “*us”", "Write the value out"),
    "a tag": ("year: 1998", "year: !!python/name:os.system x", 7, "The tag “tag:yaml", "Take it out"),
    "a field given twice": ("year: 1998", "title: Another", 7, "“title” is given twice", "already in line 3"),
    "a field nobody knows": ("industry:", "industri:", 5, "“industri” is not a field", "mean “industry”"),
    "a field far from any": ("year: 1998", "xyzzy: 1", 7, "“xyzzy” is not a field", "there are id, title"),
    "a field of a source nobody knows": ("    url:", "    uri: x\n    url:", 17, "“uri” is not a", "mean “url”"),
    "a list where text belongs": ("company: Harbour Ferries", "company: [a]", 4, "“company” should be text", ""),
    "fields where text belongs": ("company: Harbour Ferries", "company: {a: b}", 4, "“company” should be text", ""),
    "text where a list belongs": (
        "[listening, ownership]",
        "listening",
        9,
        "“themes” should be a list",
        "“- ” in front",
    ),
    "a year in words": ("year: 1998", "year: long ago", 7, "“year” should be a whole number", "digits"),
    "a year far off": ("year: 1998", "year: 199", 7, "“year” is 199", "1800 or more"),
    "an empty title": ("title: The umbrella that crossed the bay", "title:", 3, "“title” is empty", "Write something"),
    "too long a title": ("title: The", f"title: {'x' * 60} The", 3, "94 characters, 34 too many", "Cut it to 60"),
    "one theme only": ("[listening, ownership]", "[listening]", 9, "too few items, 1", "at least 2"),
    "six themes": ("[listening,", "[listening, a, b, c, d,", 9, "too many items, 6", "at most 5"),
    "a theme twice": ("[listening, ownership]", "[listening, listening]", 9, "named twice", ""),
    "a theme misspelt": ("[listening,", "[listenning,", 9, "no theme “listenning”", "mean “listening”"),
    "a theme nobody has": ("[listening,", "[zzz,", 9, "no theme “zzz”", "themes.yaml"),
    "too short a story": ("word " * 100, "word " * 60, 13, "60 words; it should have 90 to 220", ""),
    "too long a story": ("word " * 100, "word " * 230, 13, "230 words; it should have 90 to 220", ""),
    "a source from nowhere": ("    url: https://example.com/umbrella\n", "", 16, "needs a url or a document", ""),
    "not a web address": ("https://example.com/umbrella", "example.com", 17, "“url” is not a web address", "https://"),
    "a source that is a word": (
        "  - title: The harbour paper\n    url: https",
        "  - https",
        16,
        "should be fields",
        "",
    ),
    "the id of another file": ("id: the-umbrella", "id: an-umbrella", 2, "not the name of the file", "the-umbrella”"),
    "a character nobody sees": ("Harbour", "Har\x07bour", 4, "invisible character, U+0007", "Take it out"),
    "text that runs backwards": ("Harbour", "\u202eHarbour", 4, "invisible character, U+202E", "Take it out"),
    "the same, as an escape": ("Harbour Ferries", '"\\u202eHarbour"', 4, "invisible character, U+202E", "Take it out"),
    "a second document": ("sources:", "---\nsources:", 15, "second document", "one document a file"),
    "endless nesting": ("company: Harbour", f"company: {'[' * 900}", 4, "nesting is too deep", "8 levels"),
    "a month misspelt": ("year: 1998", "season: [may, Decembr]", 7, "Item 2 of “season” is “Decembr”", "“december”"),
    "a month that is none": ("year: 1998", "season: [12]", 7, "“season” is “12”", "It may be january, february"),
    "a story similar to itself": ("year: 1998", "similar: [the-umbrella]", 7, "similar to itself", "Take it out"),
    "a similar story misspelt": ("year: 1998", "similar: [a-good-on]", 7, "no story “a-good-on”", "mean “a-good-one”"),
    "a similar story nobody has": ("year: 1998", "similar: [xyz]", 7, "no story “xyz”", "Name one of these packs"),
    "a similar story that is no id": ("year: 1998", "similar: [A Good One]", 7, "no story “A Good One”", "a-good-one"),
    "too many similar stories": ("year: 1998", f"similar: [{'a-good-one, ' * 9}]", 7, "too many items, 9", "at most 8"),
    "a name that is no word": ("year: 1998", "[year]: 1998", 7, "name of a field must be a word", "name: value"),
}


@pytest.mark.parametrize(("old", "new", "line", "what", "mend"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line_and_its_mend(
    author: Author, old: str, new: str, line: int, what: str, mend: str
) -> None:
    author.tells("the-umbrella", (old, new))
    author.tells("a-good-one")
    loaded = author.loads()
    assert [story.id for story in loaded.library.stories] == ["a-good-one"]
    told = [problem for problem in loaded.problems if what in problem.what]
    assert [problem.line for problem in told] == [line], loaded.problems
    assert mend in told[0].mend


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("company: Harbour Ferries", "company: *us"),
        ("[listening, ownership]", "[listening, Ownership]"),
        ("  - title: The harbour paper\n    url: https", "  - https"),
    ],
    ids=["an alias", "a theme with a capital letter", "the only source is broken"],
)
def test_one_mistake_is_told_once(author: Author, old: str, new: str) -> None:
    author.tells("the-umbrella", (old, new))
    assert len(author.loads().problems) == 1


def test_a_field_left_out_is_told(author: Author) -> None:
    author.tells("the-umbrella", ("company: Harbour Ferries\n", ""))
    [problem] = author.loads().problems
    assert problem.what == "“company” is missing."
    assert problem.mend == "Add a line “company: …”."


def test_all_mistakes_of_all_files_are_told_at_once(author: Author) -> None:
    author.tells("first", ("title: The", "titel: The"), ("year: 1998", "year: x"), ("[listening,", "[listening, zzz,"))
    author.tells("second", ("channel: in person\n", "channel: phone\nchannel: letter\n"), ("company:", "compani:"))
    problems = author.loads().problems
    assert places(problems) == [
        ("first.yaml", 2),  # the title is missing: told where the story starts
        ("first.yaml", 3),
        ("first.yaml", 7),
        ("first.yaml", 9),
        ("second.yaml", 2),
        ("second.yaml", 4),
        ("second.yaml", 9),
    ]


def test_a_bomb_of_aliases_is_refused_in_no_time(author: Author) -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    author.writes("bomb.yaml", "\n".join(layers))
    author.writes("merge.yaml", "a: &a {b: c}\nd:\n  <<: *a\n")
    author.tells("a-good-one")
    loaded = author.loads()
    assert [story.id for story in loaded.library.stories] == ["a-good-one"]
    of_bomb = [problem for problem in loaded.problems if problem.path.endswith("bomb.yaml")]
    assert "anchor or alias “&a0”" in of_bomb[0].what + of_bomb[1].what
    assert len(of_bomb) == MOST_PROBLEMS_A_FILE + 1
    assert "more problems" in of_bomb[-1].what
    assert any("alias “*a”" in problem.what and problem.line == 3 for problem in loaded.problems)


def test_files_that_are_not_stories_at_all(author: Author, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(STORY)
    author.writes("big.yaml", f"id: {'x' * 70_000}")
    author.writes("binary.yaml", b"id: a\ntitle: \xff\xfe")
    author.writes("comment.yaml", "# nothing yet\n")
    author.writes("empty.yaml", "")
    author.writes("ending.yml", STORY)
    (author.folder / "folder.yaml").mkdir()
    (author.folder / "link.yaml").symlink_to(secret)
    author.writes("list.yaml", "- a\n- b\n")
    (author.folder / "round.yaml").symlink_to(author.folder / "round.yaml")
    told = {
        (Path(p.path).name, p.line, p.what.split(",")[0].split(":")[0].rstrip(".")) for p in author.loads().problems
    }
    assert told == {
        ("big.yaml", None, "The file is larger than 64 KiB"),
        ("binary.yaml", 2, "The file is not UTF-8 text"),
        ("comment.yaml", None, "The file is empty"),
        ("empty.yaml", None, "The file is empty"),
        ("ending.yml", None, "Files that end in .yml are not read"),
        ("folder.yaml", None, "This is not a file"),
        ("link.yaml", None, "The file is a link to something outside its folder"),
        ("list.yaml", 1, "The file should be fields"),
        ("round.yaml", None, "The file cannot be read"),
    }


def test_links_inside_a_folder_are_fine(author: Author) -> None:
    author.writes(".the-umbrella.real", STORY)
    (author.folder / "the-umbrella.yaml").symlink_to(author.folder / ".the-umbrella.real")
    loaded = author.loads()
    assert loaded.problems == []
    assert len(loaded.library.stories) == 1


def test_a_folder_that_is_not_there_or_holds_nothing(author: Author, tmp_path: Path) -> None:
    author.tells("the-umbrella")
    (tmp_path / "empty").mkdir()
    folders = [tmp_path / "nowhere", tmp_path / "empty", author.folder / "themes.yaml", author.folder]
    loaded = load(folders)
    assert places(loaded.problems) == [("nowhere", None), ("empty", None), ("themes.yaml", None)]
    assert "No such file" in loaded.problems[0].what
    assert "no story in this folder" in loaded.problems[1].what
    assert "Not a directory" in loaded.problems[2].what
    assert len(loaded.library.stories) == 1


def test_a_later_pack_adds_stories_and_themes(author: Author, colleague: Author) -> None:
    author.tells("the-umbrella")
    colleague.writes("themes.yaml", "themes: [{id: courage, name: Courage, emoji: lion_face, meaning: Daring.}]")
    colleague.tells("the-lighthouse", ("[listening, ownership]", "[courage, listening]"))
    loaded = author.loads(colleague)
    assert loaded.problems == []
    assert [story.id for story in loaded.library.stories] == ["the-umbrella", "the-lighthouse"]
    assert [theme.id for theme in loaded.library.themes] == ["listening", "ownership", "courage"]


def test_what_two_packs_both_have_stays_with_the_first(author: Author, colleague: Author) -> None:
    first = author.tells("the-umbrella")
    colleague.tells("the-umbrella", ("company: Harbour Ferries", "company: Other Ferries"))
    loaded = author.loads(colleague)
    assert [story.company for story in loaded.library.stories] == ["Harbour Ferries"]
    assert places(loaded.problems) == [("themes.yaml", 2), ("themes.yaml", 3), ("the-umbrella.yaml", 2)]
    assert f"{first}:2" in loaded.problems[2].mend
    assert f"{author.folder / 'themes.yaml'}:3" in loaded.problems[1].mend


def test_a_broken_theme_takes_neither_the_others_nor_its_stories_along(author: Author) -> None:
    author.writes("themes.yaml", THEMES.replace("emoji: ear", "emoji: ':ear:'"))
    author.tells("the-umbrella")
    loaded = author.loads()
    assert [theme.id for theme in loaded.library.themes] == ["ownership"]
    assert places(loaded.problems) == [("themes.yaml", 2)]
    assert "“emoji” is not the name of an emoji" in loaded.problems[0].what
    assert [story.id for story in loaded.library.stories] == ["the-umbrella"]


@pytest.mark.parametrize("themes", ["themes: 7", "themes:", "- a", "theme: []", "themes: [7, {}]"])
def test_themes_of_the_wrong_shape_leave_the_stories_of_other_packs(
    author: Author, colleague: Author, themes: str
) -> None:
    author.tells("the-umbrella")
    colleague.writes("themes.yaml", themes)
    loaded = author.loads(colleague)
    assert {name for name, _ in places(loaded.problems)} == {"themes.yaml"}
    assert len(loaded.library.stories) == 1


def test_a_story_may_be_similar_to_one_of_another_pack(author: Author, colleague: Author) -> None:
    author.tells("the-umbrella", ("year: 1998", "similar: [the-lantern, the-lighthouse]"))
    author.tells("the-lantern")
    colleague.tells("the-lighthouse", ("year: 1998", "similar: [the-lantern]"))
    colleague.writes("themes.yaml", "themes: []")
    loaded = author.loads(colleague)
    assert loaded.problems == []
    umbrella = loaded.library.story("the-umbrella")
    assert umbrella
    assert umbrella.similar == ("the-lantern", "the-lighthouse")
    assert [problem.what for problem in author.loads().problems] == ["There is no story “the-lighthouse”."]


def test_a_similar_story_that_is_broken_itself_is_still_there_to_be_named(author: Author) -> None:
    author.tells("the-umbrella", ("year: 1998", "similar: [the-lantern]"))
    author.tells("the-lantern", ("year: 1998", "year: long ago"))
    loaded = author.loads()
    assert places(loaded.problems) == [("the-lantern.yaml", 7)]
    assert [story.id for story in loaded.library.stories] == ["the-umbrella"]


def test_a_second_story_of_one_name_takes_nothing_from_the_first(author: Author, colleague: Author) -> None:
    author.tells("the-umbrella")
    colleague.tells("the-umbrella", ("year: 1998", "similar: [xyz]"))
    colleague.writes("themes.yaml", "themes: []")
    loaded = author.loads(colleague)
    assert [story.id for story in loaded.library.stories] == ["the-umbrella"]
    assert places(loaded.problems) == [("the-umbrella.yaml", 2), ("the-umbrella.yaml", 7)]


def test_hidden_files_and_files_of_other_kinds_are_not_read(author: Author) -> None:
    author.tells("the-umbrella")
    author.writes(".the-umbrella.yaml", "half written")
    author.writes("README.md", "about these stories")
    assert author.loads().problems == []


def test_what_is_said_cannot_steer_a_terminal(author: Author) -> None:
    author.tells("the-umbrella", ("year: 1998", '"\\e[31mred": 1998'))
    assert all(problem.what.isprintable() and problem.mend.isprintable() for problem in author.loads().problems)


@given(st.binary() | st.text().map(str.encode), st.binary() | st.text().map(str.encode))
def test_no_bytes_make_loading_fail(story: bytes, themes: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.yaml").write_bytes(story)
        Path(folder, "themes.yaml").write_bytes(themes)
        loaded = load([Path(folder)])
    assert {Path(problem.path).name for problem in loaded.problems} >= {"a.yaml"}


@given(st.data())
def test_a_story_damaged_anywhere_is_either_still_good_or_told(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(STORY)))
    end = data.draw(st.integers(start, start + 30))
    typed = data.draw(st.text(alphabet="&*!|>'\"%@`{}[],:#-? \n\t\\xu0e9\u202e", max_size=12))
    damaged = STORY[:start] + typed + STORY[end:]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "themes.yaml").write_text(THEMES)
        Path(folder, "the-umbrella.yaml").write_text(damaged)
        loaded = load([Path(folder)])
    assert bool(loaded.library.stories) != bool(loaded.problems)
    assert all(problem.line is None or 1 <= problem.line <= damaged.count("\n") + 1 for problem in loaded.problems)


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1))
def test_text_in_quotes_is_read_as_it_stands(text: str) -> None:
    document = strict_yaml.read(f"said: '{text.replace(chr(39), chr(39) * 2)}'")
    assert document.flaws == []
    assert document.value == {"said": text}


@pytest.mark.parametrize(("name", "of"), [("story", Story), ("themes", Themes)])
def test_the_published_schemas_are_current(name: str, of: type[Story] | type[Themes]) -> None:
    published = (builtin_folder() / f"{name}.schema.json").read_text()
    assert json.loads(published) == schema(of), "run: make schemas"
