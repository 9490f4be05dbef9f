"""Terminal commands on what a workspace has: `storybot export` and `storybot import`, also while the bot runs."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import typer
from rich.progress import Progress

from bot.config import Settings, data_folder, database_url, load
from bot.domain.library import Library
from bot.domain.story import Story
from bot.domain.workspace import Workspace
from bot.errors import Problem, ProblemsError, StoreUnavailableError
from bot.exchange import csv_file, json_file, pack, reading
from bot.reading.packs import load as load_packs
from bot.storage.database import opened
from bot.storage.own_stories import OwnStoryStore
from bot.terminal.printing import Page, count, print_problems

_FOLDER = Path("our-stories")


def export_stories(to: Path | None, form: str, team: str | None, config: Path | None) -> None:
    """Write a workspace's own stories to `to`; `form` is "yaml" (a pack's folder), "json" or "csv"."""
    with told_problems():
        library = _library(load(config))
        stories = asyncio.run(_own_stories(team))
        if not stories:
            refuse("This workspace has no stories of its own yet.")
        if form == "yaml":
            pack.write(stories, library.themes, to or _FOLDER)
        else:
            _write(to, json_file.to_json(stories) if form == "json" else csv_file.to_csv(stories))
    where = to or (_FOLDER if form == "yaml" else "standard output")
    Page(errors=True).line(f"{count(len(stories), 'story', 'stories')} written to {where}.")


def import_stories(path: Path, team: str | None, config: Path | None) -> None:
    """Take the stories of a pack or file into a workspace's own: all of them, or none when one has a problem."""
    with told_problems():
        library = _library(load(config))
        screen = Page(errors=True).console
        with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
            task = progress.add_task("Reading", total=1.0)
            stories, problems = reading.read(
                path,
                [theme.id for theme in library.themes],
                lambda share: progress.update(task, completed=share),
            )
        problems += [_is_taken(path, story) for story in stories if library.story(story.id)]
        if problems:
            print_problems(Page(errors=True), problems)
            found = count(len(problems), "problem", "problems")
            refuse(f"{found}, so nothing was imported. Mend them, then import again.")
        changed = asyncio.run(_imported(team, stories))
    same = len(stories) - changed
    note = f", and {same:,} there already" if same else ""
    Page().line(f"{count(changed, 'story', 'stories')} imported{note}.")


async def _own_stories(team: str | None) -> list[Story]:
    async with opened(kept_at(), data_folder(os.environ), beside_a_bot=True) as database:
        store = OwnStoryStore(database)
        _, stories = await store.stories_of(await _workspace(store, team))
        return stories


async def _imported(team: str | None, stories: list[Story]) -> int:
    async with opened(kept_at(), data_folder(os.environ), beside_a_bot=True) as database:
        store = OwnStoryStore(database)
        return await store.import_all(await _workspace(store, team), stories, datetime.now(UTC))


async def _workspace(store: OwnStoryStore, team: str | None) -> Workspace:
    """The named workspace, or the only one there is."""
    known = await store.workspaces()
    if team is not None:
        enterprise_id, _, team_id = team.rpartition("/")
        found = [one for one in known if one.team_id == team_id and enterprise_id in ("", one.enterprise_id)]
        return found[0] if found else Workspace(enterprise_id, team_id)
    if len(known) == 1:
        return known[0]
    listed = f"There are {', '.join(one.team_id for one in known)}." if known else "None has stories of its own yet."
    refuse(f"Name the workspace with --team (its id starts with T; E…/T… in an organisation). {listed}")


def kept_at() -> str | None:
    """The address of the database; None where it is a file in the data folder."""
    url = database_url(os.environ)
    return url.get_secret_value() if url else None


def _library(settings: Settings) -> Library:
    return load_packs(settings.pack_folders()).library


def _is_taken(path: Path, story: Story) -> Problem:
    mend = "Give it another id; a pack's own story cannot be replaced."
    return Problem(str(path), None, f"There is a story “{story.id}” in the packs already.", mend)


def _write(to: Path | None, data: bytes) -> None:
    if to is None:
        sys.stdout.buffer.write(data)
        return
    try:
        to.write_bytes(data)
    except OSError as error:
        mend = "Name a file that can be written."
        raise ProblemsError([Problem(str(to), None, f"It cannot be written: {error.strerror}.", mend)]) from error


@contextmanager
def told_problems() -> Iterator[None]:
    """Problems, and a database that does not answer, end the command in words."""
    try:
        yield
    except ProblemsError as error:
        print_problems(Page(errors=True), error.problems)
        raise typer.Exit(2) from None
    except StoreUnavailableError as error:
        refuse(f"The database does not answer ({error}). Look whether it runs, then try again.")


def refuse(words: str) -> NoReturn:
    """End the command with what the person can do."""
    Page(errors=True).line(words)
    raise typer.Exit(2)
