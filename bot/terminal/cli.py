"""What a person types in a terminal: `storybot run`, `manifest`, `search`, `show`, `check`, `stats`, `schema`,
`export`, `import`, `rotate-keys`, `forget-team`, `forget-user`, `doctor`.

Status 0: all well. Status 2: something that the person can mend, said on the error stream (what `check` finds is its
answer and goes to standard output). `doctor` ends with 1 when something is wrong, as monitors know it. What only one
command needs is imported there, so that the others start at once.
"""

import gc
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.domain.library import Library
from bot.domain.match import Match
from bot.domain.story import Story
from bot.errors import ProblemsError
from bot.reading import packs
from bot.reading.strict_yaml import quoted
from bot.reading.wording import did_you_mean
from bot.terminal.printing import Page, count, print_matches, print_problems, print_story

if TYPE_CHECKING:
    from bot.config import Settings

PEOPLE_WANT, PROGRAMS_WANT = 5, 50

terminal = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # The coloured help shows every flag as if it took a value.
    rich_markup_mode=None,
    epilog="For a first look: storybot search a lost ring. To set it up for Slack: storybot doctor.",
    pretty_exceptions_enable=False,
)

PackNames = Annotated[
    list[str] | None,
    typer.Option("--packs", metavar="PATH", help="A pack to use in place of the built-in one; may be repeated."),
]
ConfigPath = Annotated[Path | None, typer.Option("--config", metavar="PATH", help="The settings, a YAML file.")]


def main() -> None:
    """The command `storybot`."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        try:
            terminal(prog_name="storybot")
        finally:
            if sys.stdout:  # None when it is closed
                sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; what is left must go somewhere, or Python complains of it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(version("storybot"))
        raise typer.Exit


@terminal.callback()
def storybot(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Storybot tells true stories of great customer service."""


@terminal.command()
def run(config: ConfigPath = None) -> None:
    """Run the bot until it is told to stop. Secrets come from the environment; “doctor” tells which are missing."""
    from bot.config import load_to_run
    from bot.door.port import listen

    with _told_problems():
        settings, connection = load_to_run(config, os.environ)
        # First of all: what is loaded from here on takes longest. Whom one of several replicas refuses another takes.
        is_alone = connection.database_url is None
        with listen(connection.host, connection.port, "PORT") if is_alone else nullcontext() as door:
            # Next to nothing that a start makes is garbage, and looking for it takes a sixth of the time.
            gc.disable()
            from bot import app
            from bot.seeing import logs

            form = connection.log_form or ("text" if logs.is_read_by_people() else "json")
            logs.configure(connection.log_level, as_json=form == "json")
            raise typer.Exit(app.run(settings, connection, door))


@terminal.command()
def manifest(
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where Slack reaches the bot, for HTTP mode.")] = None,
    config: ConfigPath = None,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="YAML in place of JSON.")] = False,
) -> None:
    """Print the manifest from which Slack makes the app."""
    if url is not None and not url.startswith("https://"):
        _refuse(f"Slack reaches a bot only at an address that starts with https://, and {quoted(url)} does not.")
    settings = _settings(config)
    from bot.manifest import manifest as app_manifest

    made = app_manifest(settings, url)
    if as_yaml:
        import yaml

        print(yaml.safe_dump(made, sort_keys=False, allow_unicode=True), end="")
    else:
        print(json.dumps(made, indent=2, ensure_ascii=False))


@terminal.command()
def search(
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="What to look for; “-” reads one query a line.")],
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many stories; 5, or 50 as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a query.")] = False,
    pack_names: PackNames = None,
    config: ConfigPath = None,
) -> None:
    """Find stories, the best first, each with why."""
    library = _library(pack_names, config)
    from bot.config import cache_folder
    from bot.matching import Matcher
    from bot.matching.encoder import SentenceEncoder

    kept_in = None if pack_names else cache_folder(os.environ)
    matcher = Matcher(library, SentenceEncoder(kept_in), kept_in)
    words = " ".join(query)
    if words == "-":
        for line in sys.stdin or ():  # None when it is closed
            typed = line.rstrip("\r\n")
            print(_as_json(typed, matcher.match(typed, limit or PROGRAMS_WANT)), flush=True)
    elif as_json:
        print(_as_json(words, matcher.match(words, limit or PROGRAMS_WANT)))
    else:
        matches = matcher.match(words, limit or PEOPLE_WANT)
        print_matches(Page(), words, matches, is_mashed=matcher.is_mashed(words))


@terminal.command()
def show(
    story_id: Annotated[str, typer.Argument(metavar="ID", help="A story's id, as “search” shows it.")],
    pack_names: PackNames = None,
    config: ConfigPath = None,
) -> None:
    """Tell one story in full."""
    library = _library(pack_names, config)
    story = library.story(story_id)
    if not story:
        ids = [story.id for story in library.stories]
        like = [known for known in ids if story_id.lower() in known][:3] if story_id else []
        near = f"Did you mean {' or '.join(map(quoted, like))}?" if like else did_you_mean(story_id, ids)
        _refuse(f"There is no story {quoted(story_id)}. {near or 'Try “storybot search”.'}")
    print_story(Page(), story, library)


@terminal.command()
def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Packs, read together; “builtin” is the one that comes with the bot."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Look at how well the stories are told, too.")] = False,
    facts: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="A fact sheet, each id of which has to be told; may be repeated."),
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Tell every problem of a pack, with its line. Without PATH: of the packs in the settings, or the built-in one."""
    loaded = packs.load(_folders(paths, config))
    problems = list(loaded.problems)
    if strict:
        from bot.editing import quality

        problems += quality.problems(loaded)
    if facts:
        from bot.editing import fact_sheets

        problems += fact_sheets.untold(facts, loaded.story_places)
    to_mend = {problem.path for problem in problems}
    good = [story for story in loaded.library.stories if str(loaded.story_places[story.id].path) not in to_mend]
    themes = count(len(loaded.library.themes), "theme", "themes")
    all_good = f"{count(len(good), 'story', 'stories')}, {themes}"
    page = Page()
    if not problems:
        page.line((all_good, "bold"), ": ", ("all good", "green"))
        return
    print_problems(page, problems)
    found = f"{count(len(problems), 'problem', 'problems')} in {count(len(to_mend), 'place', 'places')}"
    page.line((found, "bold red"), f"; good: {all_good}")
    raise typer.Exit(2)


@terminal.command()
def stats(pack_names: PackNames = None, config: ConfigPath = None) -> None:
    """Show the library at a glance. How many stories of what there are, and where it is thin."""
    library = _library(pack_names, config)
    from bot.editing.overview import Overview
    from bot.terminal.bars import print_overview

    print_overview(Page(), Overview.of(library))


class SchemaOf(StrEnum):
    """The kinds of file in a pack."""

    STORY = "story"
    THEMES = "themes"


@terminal.command()
def schema(
    of: Annotated[SchemaOf, typer.Argument(metavar="KIND", help="Which kind of file.")],
) -> None:
    """Print the JSON Schema of a pack's files. An editor that knows it helps with writing them."""
    model = Story if of is SchemaOf.STORY else packs.Themes
    print(json.dumps(packs.schema(model), indent=2, ensure_ascii=False))


class ExportFormat(StrEnum):
    """What an export can be: a pack's folder, or one file."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"


Team = Annotated[str | None, typer.Option("--team", metavar="T…", help="The workspace, where there are several.")]


@terminal.command("export")
def export_stories(
    to: Annotated[Path | None, typer.Argument(metavar="PATH", help="A new folder for yaml, else a file.")] = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="A pack, or one file.")] = ExportFormat.YAML,
    team: Team = None,
    config: ConfigPath = None,
) -> None:
    """Write the stories that a workspace's own people told. “check” accepts what it writes as yaml."""
    from bot.terminal import kept_commands

    kept_commands.export_stories(to, form.value, team, config)


@terminal.command("import")
def import_stories(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A pack's folder, or a JSON or CSV file.")],
    team: Team = None,
    config: ConfigPath = None,
) -> None:
    """Take stories into a workspace's own. All of them, or none when one has a problem."""
    from bot.terminal import kept_commands

    kept_commands.import_stories(path, team, config)


TeamId = Annotated[str, typer.Argument(metavar="TEAM", help="The id of a workspace (T…) or an organisation (E…).")]


@terminal.command("rotate-keys")
def rotate_keys() -> None:
    """Seal every kept token with the newest key. That is the first of STORYBOT_SECRET_KEYS; the others may then go."""
    from bot.terminal import installed_commands

    installed_commands.rotate_keys()


@terminal.command("forget-team")
def forget_team(team: TeamId) -> None:
    """Erase everything that is kept of a workspace. Its tokens too, at once and for good; status 2 if nothing is."""
    from bot.terminal import installed_commands

    installed_commands.forget_team(team)


@terminal.command("forget-user")
def forget_user(
    team: TeamId, user: Annotated[str, typer.Argument(metavar="USER", help="The person's member id (U… or W…).")]
) -> None:
    """Take a person out of what is kept of a workspace. At once and for good; their stories stay, as a colleague's;
    status 2 if nothing names them."""
    from bot.terminal import installed_commands

    installed_commands.forget_user(team, user)


@terminal.command()
def doctor(
    config: ConfigPath = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object of JSON.")] = False,
) -> None:
    """Tell what is amiss, and what to do about it. It changes nothing; status 1 when something is wrong."""
    if config and not config.is_file():
        _settings(config)  # which says so, and ends: a slip of the finger is no finding
    from bot.seeing import doctor as examination

    raise typer.Exit(examination.doctor(config, as_json=as_json))


@contextmanager
def _told_problems() -> Iterator[None]:
    try:
        yield
    except ProblemsError as error:
        print_problems(Page(errors=True), error.problems)
        raise typer.Exit(2) from None


def _settings(path: Path | None) -> "Settings":
    from bot.config import load

    with _told_problems():
        return load(path)


def _folders(names: Sequence[str] | None, config: Path | None) -> list[Path]:
    if names:
        return [packs.pack_folder(name) for name in names]
    return _settings(config).pack_folders() if config else [packs.builtin_folder()]


def _library(pack_names: Sequence[str] | None, config: Path | None) -> Library:
    """The stories to work with; broken ones are mentioned, and only having none at all ends the command."""
    loaded = packs.load(_folders(pack_names, config))
    page = Page(errors=True)
    if not loaded.library.stories:
        print_problems(page, loaded.problems)
        _refuse("There is no story to work with.")
    if loaded.problems:
        found = count(len(loaded.problems), "problem", "problems")
        page.line(f"{found} in these packs; “storybot check” tells more.")
    return loaded.library


def _refuse(words: str) -> NoReturn:
    Page(errors=True).line(words)
    raise typer.Exit(2)


def _as_json(query: str, matches: list[Match]) -> str:
    found: list[dict[str, Any]] = [
        {
            "id": match.story.id,
            "title": match.story.title,
            "company": match.story.company,
            "score": round(float(match.score), 6),
            "strength": match.strength.value,
            "why": [str(why) for why in match.why],
        }
        for match in matches
    ]
    return json.dumps({"query": query, "matches": found}, ensure_ascii=False)
