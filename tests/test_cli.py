"""Somebody in a terminal, in a folder that has nothing to do with the bot, types `storybot …`."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.domain.story import Story
from bot.reading.packs import builtin_folder, load, schema
from tests.authors import STORY, Author

ROOT = Path(__file__).parent.parent
STORYBOT = [sys.executable, "-m", "bot"]
Types = Callable[..., subprocess.CompletedProcess[str]]


def environment(**variables: str) -> dict[str, str]:
    """What a plain shell has, without secrets, colours or a width that the tests' own shell may have set."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(ROOT), **variables}


@pytest.fixture
def types(tmp_path: Path) -> Types:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def types(*words: str, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*STORYBOT, *words],
            input=stdin,
            capture_output=True,
            cwd=elsewhere,
            env=environment(**variables),
            check=False,
        )
        assert b"Traceback" not in done.stderr
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return types


@pytest.fixture
def author(tmp_path: Path) -> Author:
    author = Author(tmp_path / "ours")
    author.tells("the-umbrella")
    return author


def test_somebody_checks_the_built_in_stories_from_any_folder(types: Types) -> None:
    answer = types("check")
    library = load([builtin_folder()]).library
    assert answer.stdout == f"{len(library.stories)} stories, {len(library.themes)} themes: all good\n"
    assert (answer.returncode, answer.stderr) == (0, "")


def test_an_author_checks_a_pack_and_is_told_every_problem(types: Types, author: Author) -> None:
    broken = author.tells("the-lantern", ("year: 1998", "year: x"), ("[listening,", "[listenning,"))
    answer = types("check", str(author.folder))
    assert answer.returncode == 2
    assert answer.stdout.splitlines() == [
        f"{broken}:7: “year” should be a whole number, but it is text. Write digits only.",
        f"{broken}:9: There is no theme “listenning”. Did you mean “listening”?",
        "2 problems in 1 place; good: 1 story, 2 themes",
    ]


def test_an_author_checks_a_pack_that_builds_on_the_built_in_one(types: Types, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "the-umbrella.yaml").write_text(STORY)
    assert types("check", str(alone)).returncode == 2
    assert types("check", "builtin", str(alone)).returncode == 0


def test_an_author_asks_how_well_a_story_is_told(types: Types, author: Author) -> None:
    path = author.folder / "the-umbrella.yaml"
    answer = types("check", "--strict", str(author.folder))
    assert answer.returncode == 2
    lines = answer.stdout.splitlines()
    assert f"{path}:13: The sentences of the story have 100.0 words on average." in answer.stdout
    assert f"{author.folder / 'themes.yaml'}:2: 1 of 1 stories have the theme “listening”." in answer.stdout
    assert lines[-1] == f"{len(lines) - 1} problems in 2 places; good: 0 stories, 2 themes"


def test_an_editor_asks_which_facts_are_not_told_yet(types: Types, author: Author, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("- key: the-umbrella\n- key: the-ring\n")
    answer = types("check", str(author.folder), "--facts", str(facts))
    assert answer.returncode == 2
    assert answer.stdout.splitlines() == [
        f"{facts}:2: No story tells “the-ring”. Add it to a pack, or check the id.",
        "1 problem in 1 place; good: 1 story, 2 themes",
    ]


def test_the_packs_of_a_configuration_are_checked(types: Types, author: Author, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("packs: [ours]\n")
    assert types("check", "--config", str(config)).stdout == "1 story, 2 themes: all good\n"


def test_the_name_of_a_file_cannot_steer_the_terminal(types: Types, author: Author) -> None:
    author.writes("\x1b[31m\n.yaml", STORY)
    answer = types("check", str(author.folder))
    assert answer.returncode == 2
    assert "?[31m?.yaml:2: The id “the-umbrella” is not the name of the file." in answer.stdout
    assert "\x1b" not in answer.stdout


def test_a_pack_that_is_not_there(types: Types) -> None:
    answer = types("check", "nowhere")
    assert answer.returncode == 2
    assert "nowhere: This folder cannot be read: No such file or directory." in answer.stdout


def test_a_reader_opens_a_story(types: Types, author: Author) -> None:
    answer = types("show", "the-umbrella", "--packs", str(author.folder))
    lines = answer.stdout.splitlines()
    assert lines[:3] == ["The umbrella that crossed the bay", "Harbour Ferries, Norway, 1998", "Listening · Ownership"]
    assert "Takeaway: Carry it across yourself." in lines
    assert "To discuss: What do we hand on that we could carry?" in lines
    assert "Source: The harbour paper, https://example.com/umbrella" in lines
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("typed", ["umbrella", "the-umbrela", "THE-UMBRELLA"])
def test_a_reader_mistypes_the_id_of_a_story(types: Types, author: Author, typed: str) -> None:
    answer = types("show", typed, "--packs", str(author.folder))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == f"There is no story “{typed}”. Did you mean “the-umbrella”?\n"


def test_a_reader_searches_with_a_sentence(types: Types, author: Author) -> None:
    author.tells("the-lantern", ("The umbrella that crossed the bay", "The lantern on the pier"))
    answer = types("search", "an", "umbrella", "--packs", str(author.folder), "--limit", "1")
    lines = answer.stdout.splitlines()
    assert lines[-4] == "The umbrella that crossed the bay · Harbour Ferries, Norway, 1998"
    assert lines[-3] == "  A deckhand noticed the umbrella left on a bench."
    assert lines[-2].startswith("  why: ")
    assert lines[-1] == "  storybot show the-umbrella"
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_program_reads_matches_as_json(types: Types, author: Author) -> None:
    answer = types("search", "umbrella", "--json", "--packs", str(author.folder))
    told = json.loads(answer.stdout)
    assert told["query"] == "umbrella"
    match = told["matches"][0]
    assert list(match) == ["id", "title", "company", "score", "strength", "why"]
    assert (match["id"], match["company"]) == ("the-umbrella", "Harbour Ferries")
    assert match["strength"] in ("strong", "weak")
    assert isinstance(match["score"], float)
    assert match["why"]
    assert all(isinstance(why, str) for why in match["why"])


def test_a_program_asks_one_query_a_line_and_gets_one_answer_a_line(types: Types, author: Author) -> None:
    typed = 'umbrella\n\nÉclairs\r\n\xff\x00 "quoted"\nlast'.encode("latin-1")
    answer = types("search", "-", "--packs", str(author.folder), stdin=typed)
    queries = [json.loads(line)["query"] for line in answer.stdout.splitlines()]
    assert queries == ["umbrella", "", "\ufffdclairs", '\ufffd\x00 "quoted"', "last"]
    assert (answer.returncode, answer.stderr) == (0, "")


async def test_each_query_is_answered_before_the_next_is_asked(author: Author) -> None:
    asked = await asyncio.create_subprocess_exec(
        *STORYBOT, "search", "-", "--packs", str(author.folder),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert asked.stdin
    assert asked.stdout
    for query in ("umbrella", "ferries"):
        asked.stdin.write(f"{query}\n".encode())
        answer = await asyncio.wait_for(asked.stdout.readline(), 60)
        assert json.loads(answer)["query"] == query
    asked.stdin.close()
    assert await asked.wait() == 0


def test_a_search_that_finds_nothing_says_so(types: Types, author: Author) -> None:
    answer = types("search", "quantum chromodynamics \x1b[31m", "--packs", str(author.folder))
    assert answer.stdout.startswith("There is no story on “quantum chromodynamics ?[31m”.")
    assert answer.returncode == 0
    answer = types("search", "asdfgh", "--packs", str(author.folder))
    assert answer.stdout.startswith("Nothing can be made of “asdfgh”.")


def test_a_broken_story_is_mentioned_and_the_others_are_searched(types: Types, author: Author) -> None:
    author.writes("broken.yaml", "id: [")
    answer = types("search", "umbrella", "--packs", str(author.folder))
    assert "The umbrella that crossed the bay" in answer.stdout
    assert answer.stderr == "1 problem in these packs; “storybot check” tells more.\n"


def test_without_any_story_there_is_nothing_to_search(types: Types) -> None:
    answer = types("search", "umbrella", "--packs", "nowhere")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.endswith("There is no story to work with.\n")


def test_help_tells_each_command_in_one_line_and_flags_take_no_value(types: Types) -> None:
    told = types("--help").stdout
    assert "..." not in told.partition("Commands:")[2], "a line that is cut off"
    assert re.search(r"--version  +Print the version\.", told)
    for command in ("search", "check", "doctor"):
        assert "<bool>" not in types(command, "--help").stdout


@pytest.mark.parametrize(
    "typed",
    [
        ["search"],
        ["search", "x", "--limit", "0"],
        ["search", "x", "--limit", "many"],
        ["show"],
        ["sing"],
        ["schema", "x"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_understood_is_answered_on_the_error_stream(types: Types, typed: list[str]) -> None:
    answer = types(*typed)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Usage: storybot" in answer.stderr


def test_every_problem_of_a_configuration_is_told(types: Types, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("# ours\ncomand: /story\npacks: 7\n")
    for command in ("run", "manifest", "check"):
        answer = types(command, "--config", str(config))
        assert (answer.returncode, answer.stdout) == (2, "")
        assert f"{config}:2: “comand”" in answer.stderr
        assert f"{config}:3: “packs”" in answer.stderr


def test_running_without_secrets_names_those_that_are_missing(types: Types) -> None:
    answer = types("run")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "SLACK_BOT_TOKEN" in answer.stderr
    assert "SLACK_SIGNING_SECRET" in answer.stderr


def test_a_level_of_logging_that_does_not_exist(types: Types) -> None:
    answer = types("run", LOG_LEVEL="loud")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "LOG_LEVEL: It should be DEBUG, INFO, WARNING or ERROR." in answer.stderr
    assert "SLACK_BOT_TOKEN" in answer.stderr, "all at once"


def test_an_editor_sees_the_library_at_a_glance(types: Types, author: Author) -> None:
    plain = types("stats", "--packs", str(author.folder))
    assert plain.stdout.splitlines()[0] == "1 story, 100 words: 1 company, 1 industry, 1 country, 2 themes"
    assert "Listening            ############   1   Ownership            ############   1\n" in plain.stdout
    assert "  1 country has one story: Norway.\n" in plain.stdout
    assert plain.stdout.isascii()
    narrow = types("stats", "--packs", str(author.folder), FORCE_COLOR="1", TERM="xterm", NO_COLOR="1", COLUMNS="60")
    assert "\nListening            ████████████   1\n" in narrow.stdout
    assert max(map(len, narrow.stdout.replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines())) <= 60


def test_the_manifest_is_the_same_in_both_languages(types: Types) -> None:
    as_json = types("manifest", "--url", "https://bot.example.com")
    as_yaml = types("manifest", "--url", "https://bot.example.com", "--yaml")
    assert json.loads(as_json.stdout) == yaml.safe_load(as_yaml.stdout)
    assert "https://bot.example.com/slack/events" in as_json.stdout


def test_the_manifest_takes_no_address_that_slack_would_refuse(types: Types) -> None:
    answer = types("manifest", "--url", "http://bot.example.com")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "https://" in answer.stderr


def test_an_editor_gets_the_schema_of_a_story(types: Types) -> None:
    assert json.loads(types("schema", "story").stdout) == schema(Story)


def test_colours_are_left_out_when_they_are_not_wanted(types: Types, author: Author) -> None:
    broken = ("check", str(author.folder), "nowhere")
    assert "\x1b[36m" not in types(*broken).stdout
    author.writes("broken.yaml", "id: [")
    assert "\x1b[36m" in types(*broken, FORCE_COLOR="1", TERM="xterm").stdout
    assert "\x1b[36m" not in types(*broken, FORCE_COLOR="1", TERM="xterm", NO_COLOR="1").stdout


def test_a_reader_who_has_seen_enough_hears_no_complaint() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*STORYBOT, "schema", "story"], stdout=writing, stderr=subprocess.PIPE, env=environment(), check=False
    )
    os.close(writing)
    assert done.stderr == b""


def test_checking_loads_neither_slack_nor_the_matching() -> None:
    unwanted = {"slack_bolt", "slack_sdk", "aiohttp", "numpy"}
    code = f"import sys, bot.terminal.cli; sys.exit(bool({unwanted} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], env=environment(), check=False).returncode == 0
