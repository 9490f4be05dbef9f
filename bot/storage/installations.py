"""Keeps who installed the bot, by which token it speaks there, and which browsers are on their way to install it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Select, Update, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.installation import RENEW_BEFORE, Installation, Tokens
from bot.domain.outgoing import Outgoing
from bot.domain.schedule import Pause
from bot.storage.database import Database
from bot.storage.news import Subject, tell
from bot.storage.outbox import DROPPED, DUE, UNKNOWN, put_in_line
from bot.storage.statements import insert_or_ignore, insert_or_update
from bot.storage.tables import install_states, installations, outbox, schedules

if TYPE_CHECKING:
    from bot.storage.sealing import Seal

# Whoever comes back from Slack has so long; its codes live as long (docs: oauth.v2.access).
STATE_LIFE = timedelta(minutes=10)
# Renewing is two calls to Slack of ten seconds each at most.
_LEASE = timedelta(seconds=60)
_NO_TOKENS = dict.fromkeys(("tokens", "expires_at", "renewed", "renewed_expires_at", "renewing_until"))


class InstallationStore:
    """Every method may raise ProblemsError, when a token was sealed with a key that is not there any more."""

    def __init__(self, database: Database, seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    # Browsers on their way

    async def begin(self, state: str, now: datetime) -> None:
        """Somebody sets out for Slack; what expired is forgotten."""
        async with self._database.writing() as connection:
            await connection.execute(delete(install_states).where(install_states.c.expires_at <= now))
            await connection.execute(insert(install_states).values(state=state, expires_at=now + STATE_LIFE))

    async def take(self, state: str, now: datetime) -> bool:
        """Whether they set out from here, not too long ago; true once, whoever else asks at the same moment."""
        this = delete(install_states).where(install_states.c.state == state).returning(install_states.c.expires_at)
        async with self._database.writing() as connection:
            expires_at = await connection.scalar(this)
        return expires_at is not None and expires_at > now

    # Installations

    async def all(self) -> list[Installation]:
        return await self._list(select(installations))

    async def changed_since(self, moment: datetime) -> list[Installation]:
        return await self._list(select(installations).where(installations.c.changed_at >= moment))

    async def find(self, enterprise_id: str, team_id: str) -> list[Installation]:
        """The installations of a workspace and of its organisation."""
        both = [_is(enterprise_id, team_id), *([_is(enterprise_id, "")] if enterprise_id else [])]
        return await self._list(select(installations).where(or_(*both)))

    async def install(self, installation: Installation, say: Sequence[Outgoing]) -> None:
        """Keep a new installation in place of whatever was there, and say something on the occasion."""
        at = installation.installed_at
        tokens = installation.tokens
        values = {
            **_NO_TOKENS,
            "enterprise_id": installation.enterprise_id,
            "team_id": installation.team_id,
            "tokens": self._sealed(tokens) if tokens else None,
            "expires_at": tokens.expires_at if tokens else None,
            "bot_id": installation.bot_id,
            "bot_user_id": installation.bot_user_id,
            "scopes": list(installation.scopes),
            "installer_id": installation.installer_id,
            "installed_at": at,
            "gone_at": None,
            "erased_at": None,
            "changed_at": at,
        }
        async with self._database.writing() as connection:
            await connection.execute(insert_or_update(connection, installations, values))
            if installation.is_org_wide:
                # It counts as well where the bot was before.
                left = and_(
                    installations.c.enterprise_id == installation.enterprise_id, installations.c.tokens.is_(None)
                )
                await connection.execute(update(installations).where(left).values(gone_at=None, changed_at=at))
            await put_in_line(connection, say, at)
            await tell(connection, Subject.INSTALLATION, *installation.key)

    async def remove(self, installation: Installation, now: datetime) -> bool:
        """An installation has ended: no tokens, no schedules, nothing more to say.

        False when it was installed again meanwhile, or had ended before.
        """
        gone = {**_NO_TOKENS, "gone_at": now, "changed_at": now}
        async with self._database.writing() as connection:
            if (await connection.execute(_same(installation).values(gone))).rowcount != 1:
                return False
            await _stop(connection, *installation.key)
            await tell(connection, Subject.INSTALLATION, *installation.key)
        return True

    async def leave(self, enterprise_id: str, team_id: str, now: datetime) -> None:
        """An organisation took a workspace away from its installation."""
        gone = {"gone_at": now, "changed_at": now}
        nobody = {"enterprise_id": enterprise_id, "team_id": team_id, "scopes": [], "installed_at": now}
        async with self._database.writing() as connection:
            await connection.execute(insert_or_ignore(connection, installations, {**nobody, **gone}))
            left = and_(_is(enterprise_id, team_id), installations.c.tokens.is_(None))
            await connection.execute(update(installations).where(left, installations.c.gone_at.is_(None)).values(gone))
            await _stop(connection, enterprise_id, team_id)
            await tell(connection, Subject.INSTALLATION, enterprise_id, team_id)

    async def come_back(self, enterprise_id: str, team_id: str, now: datetime) -> None:
        """An organisation let its installation count in a workspace again."""
        back = {"gone_at": None, "erased_at": None, "changed_at": now}
        async with self._database.writing() as connection:
            await connection.execute(update(installations).where(_is(enterprise_id, team_id)).values(back))
            await tell(connection, Subject.INSTALLATION, enterprise_id, team_id)

    # Tokens that rotate

    async def take_to_renew(self, now: datetime) -> Installation | None:
        """One whose tokens end soon, or whose new ones were not tried yet; this process's until a lease ends."""
        is_free = or_(installations.c.renewing_until.is_(None), installations.c.renewing_until <= now)
        is_due = or_(installations.c.expires_at <= now + RENEW_BEFORE, installations.c.renewed.is_not(None))
        first = select(installations).where(is_free, is_due).limit(1).with_for_update(skip_locked=True)
        async with self._database.writing() as connection:
            row = (await connection.execute(first)).first()
            if row is None:
                return None
            this = _is(row.enterprise_id, row.team_id)
            await connection.execute(update(installations).where(this).values(renewing_until=now + _LEASE))
        return self._installation(row)

    async def keep_renewed(self, installation: Installation, renewed: Tokens | None, now: datetime) -> bool:
        """Keep what Slack gave beside the old tokens, until it was tried; None when it was no good.

        False when the workspace was installed again, or left, meanwhile.
        """
        values = {
            "renewed": self._sealed(renewed) if renewed else None,
            "renewed_expires_at": renewed.expires_at if renewed else None,
        }
        return await self._change(installation, values, now)

    async def use(self, installation: Installation, tokens: Tokens, now: datetime) -> bool:
        """From now on the bot speaks with these. False when it was installed again, or left, meanwhile."""
        used = {"tokens": self._sealed(tokens), "expires_at": tokens.expires_at}
        return await self._change(installation, {**_NO_TOKENS, **used}, now)

    # Keys

    async def seal_again(self) -> int:
        """Seal every token with the first key; how many installations that were."""
        kept = select(installations).where(installations.c.tokens.is_not(None)).with_for_update()
        async with self._database.writing() as connection:
            rows = (await connection.execute(kept)).all()
            for row in rows:
                sealed = {
                    name: self._seal.again(row._mapping[name]) for name in ("tokens", "renewed") if row._mapping[name]
                }
                this = _is(row.enterprise_id, row.team_id)
                await connection.execute(update(installations).where(this).values(sealed))
        return len(rows)

    async def _change(self, installation: Installation, values: dict[str, Any], now: datetime) -> bool:
        changed = _same(installation).values(**values, changed_at=now)
        async with self._database.writing() as connection:
            if (await connection.execute(changed)).rowcount != 1:
                return False
            await tell(connection, Subject.INSTALLATION, *installation.key)
        return True

    async def _list(self, query: Select[Any]) -> list[Installation]:
        async with self._database.reading() as connection:
            return [self._installation(row) for row in await connection.execute(query)]

    def _installation(self, row: Row[Any]) -> Installation:
        return Installation(
            enterprise_id=row.enterprise_id,
            team_id=row.team_id,
            tokens=self._opened(row.tokens, row.expires_at),
            installed_at=row.installed_at,
            bot_id=row.bot_id,
            bot_user_id=row.bot_user_id,
            scopes=tuple(row.scopes),
            installer_id=row.installer_id,
            renewed=self._opened(row.renewed, row.renewed_expires_at),
            gone_at=row.gone_at,
        )

    def _sealed(self, tokens: Tokens) -> str:
        return self._seal.seal(json.dumps([tokens.access, tokens.refresh]))

    def _opened(self, sealed: str | None, expires_at: datetime | None) -> Tokens | None:
        if sealed is None:
            return None
        access, refresh = json.loads(self._seal.open(sealed))
        return Tokens(access, refresh, expires_at)


async def _stop(connection: AsyncConnection, enterprise_id: str, team_id: str) -> None:
    """Pause the schedules of an installation's workspaces, and drop what was to be said there."""
    paused = {"pause": Pause.BY_HAND, "next_on": None, "next_due_at": None, "revision": schedules.c.revision + 1}
    running = served(schedules, enterprise_id, team_id)
    await connection.execute(update(schedules).where(running, schedules.c.pause.is_(None)).values(paused))
    waiting = and_(served(outbox, enterprise_id, team_id), outbox.c.state.in_((DUE, UNKNOWN)))
    await connection.execute(update(outbox).where(waiting).values(state=DROPPED))


def served(table: Any, enterprise_id: str, team_id: str) -> ColumnElement[bool]:
    """Rows of the workspaces that an installation serves: for an organisation those without one of their own."""
    if team_id:
        return and_(table.c.enterprise_id == enterprise_id, table.c.team_id == team_id)
    has_own = and_(installations.c.enterprise_id == enterprise_id, installations.c.tokens.is_not(None))
    own = select(installations.c.team_id).where(has_own, installations.c.team_id != "")
    return and_(table.c.enterprise_id == enterprise_id, table.c.team_id.not_in(own))


def _same(installation: Installation) -> Update:
    """A change to this installation, if it still is what it was."""
    same = and_(_is(*installation.key), installations.c.installed_at == installation.installed_at)
    return update(installations).where(same, installations.c.tokens.is_not(None))


def _is(enterprise_id: str, team_id: str) -> ColumnElement[bool]:
    return and_(installations.c.enterprise_id == enterprise_id, installations.c.team_id == team_id)
