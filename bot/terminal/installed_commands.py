"""Terminal commands on installations and on what is kept: `rotate-keys`, `forget-team`, `forget-user`.

Each may be used while the bot runs.
"""

import asyncio
import os
import re
from datetime import UTC, datetime

from bot.config import data_folder, secret_keys
from bot.storage.database import opened
from bot.storage.forgetting import Forgetting
from bot.storage.installations import InstallationStore
from bot.storage.sealing import Seal
from bot.terminal.kept_commands import kept_at, refuse, told_problems
from bot.terminal.printing import Page, count


def rotate_keys() -> None:
    """Seal every token with the first of the keys, so that the others can be taken away."""
    with told_problems():
        seal = Seal([key.get_secret_value() for key in secret_keys(os.environ)])
        sealed = asyncio.run(_sealed_again(seal))
    Page().line(f"The tokens of {count(sealed, 'installation', 'installations')} are sealed with the first key.")


def forget_team(team: str) -> None:
    """Erase everything of a workspace (T…), or of an organisation with all of its workspaces (E…)."""
    with told_problems():
        _check_team(team)
        erased = asyncio.run(_forgotten_team(team))
    if not erased:
        refuse(f"Nothing is kept of {team}.")
    Page().line(f"Everything of {team} is erased ({count(erased, 'entry', 'entries')}).")


def forget_user(team: str, user: str) -> None:
    """Take a person out of everything that is kept of a workspace."""
    with told_problems():
        _check_team(team)
        if not re.fullmatch(r"[UW][A-Z0-9]+", user):
            refuse(f"{user!r} is not the id of a person, which starts with U or W: copy it from their profile.")
        named = asyncio.run(_forgotten_user(team, user))
    if not named:
        refuse(f"Nothing in {team} names {user}.")
    Page().line(f"{user} is forgotten in {team} ({count(named, 'entry', 'entries')}); their stories are a colleague's.")


async def _sealed_again(seal: Seal) -> int:
    async with opened(kept_at(), data_folder(os.environ), beside_a_bot=True) as database:
        return await InstallationStore(database, seal).seal_again()


async def _forgotten_team(team: str) -> int:
    async with opened(kept_at(), data_folder(os.environ), beside_a_bot=True) as database:
        return await Forgetting(database).forget_team(team, datetime.now(UTC))


async def _forgotten_user(team: str, user: str) -> int:
    async with opened(kept_at(), data_folder(os.environ), beside_a_bot=True) as database:
        return await Forgetting(database).forget_user(team, user, datetime.now(UTC))


def _check_team(team: str) -> None:
    if not re.fullmatch(r"[TE][A-Z0-9]+", team):
        refuse(f"{team!r} is not the id of a workspace (T…) or of an organisation (E…).")
