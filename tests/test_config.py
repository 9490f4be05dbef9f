"""Whoever runs the bot writes settings, and is told everything that is wrong with them at once."""

import itertools
import re
from pathlib import Path

import pytest
import yaml

from bot.config import Settings, load, load_to_run
from bot.errors import ProblemsError
from bot.reading.packs import builtin_folder

EXAMPLE = Path(__file__).parent.parent / "config.example.yaml"
SECRETS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s3cret"}


def test_the_example_holds_every_setting_with_its_default() -> None:
    assert load(EXAMPLE) == Settings()
    written = yaml.safe_load(EXAMPLE.read_text())
    assert set(written) == set(Settings.model_fields)
    for name, section in written.items():
        if isinstance(section, dict):
            assert set(section) == set(type(getattr(Settings(), name)).model_fields)


def test_the_example_explains_every_setting_in_the_line_above_it() -> None:
    lines = EXAMPLE.read_text().splitlines()
    for above, line in itertools.pairwise(lines):
        if re.match(r" *[a-z_]+:", line):
            assert above.strip().startswith("# "), line


def test_all_problems_are_told_together_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("comand: /story\npacks: builtin\nweekly:\n  catch_up: soon\nmoderation:\n  channel: general\n")
    with pytest.raises(ProblemsError) as told:
        load_to_run(path, {})

    lines = [(problem.path, problem.line) for problem in told.value.problems]
    assert lines == [
        (str(path), 2),
        (str(path), 6),
        (str(path), 4),
        (str(path), 1),
        ("SLACK_BOT_TOKEN", None),
        ("SLACK_SIGNING_SECRET", None),
    ]
    assert "Did you mean “command”?" in str(told.value)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        (SECRETS | {"SLACK_BOT_TOKEN": "xoxp-somebody"}, "SLACK_BOT_TOKEN"),
        (SECRETS | {"SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN"),
        (SECRETS | {"PORT": "http"}, "PORT"),
        (SECRETS | {"PORT": "70000"}, "PORT"),
        (SECRETS | {"SLACK_API_URL": "localhost"}, "SLACK_API_URL"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(environment: dict[str, str], named: str) -> None:
    with pytest.raises(ProblemsError) as told:
        load_to_run(None, environment)
    assert [problem.path for problem in told.value.problems] == [named]


def test_socket_mode_needs_no_signing_secret() -> None:
    _, connection = load_to_run(None, {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"})
    assert connection.app_token
    assert "xapp" not in repr(connection), "secrets do not show"


def test_the_old_signing_secret_counts_beside_the_new_one_and_neither_shows() -> None:
    _, connection = load_to_run(None, SECRETS | {"SLACK_SIGNING_SECRET_OLD": " 0ld "})
    assert connection.signing_secrets == ("s3cret", "0ld")
    assert "0ld" not in repr(connection)
    _, connection = load_to_run(None, SECRETS | {"SLACK_SIGNING_SECRET_OLD": " "})
    assert connection.signing_secrets == ("s3cret",)


def test_packs_are_found_from_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("packs: [builtin, ours]\n")
    settings = load(tmp_path / "config.yaml")
    assert settings.pack_folders() == [builtin_folder(), tmp_path / "ours"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "command: /story\n"])
def test_what_is_left_out_has_its_default(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    assert load(tmp_path / "config.yaml") == Settings()


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"config\.example\.yaml"):
        load(tmp_path / "none.yaml")
