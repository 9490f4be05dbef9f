"""The database: SQLite in the data folder by default, PostgreSQL by URL; both with the same tables and promises."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import Problem, ProblemsError, StoreUnavailableError
from bot.seeing import metrics, tracing
from bot.storage import migrating

# A mistake of ours in what was asked. Whatever else a driver raises means that the database is out of reach, stops,
# starts, is full or is read-only.
_OURS = (IntegrityError, ProgrammingError, DataError)
_UNAVAILABLE = (DBAPIError, PoolTimeoutError, OSError, TimeoutError)
# A PostgreSQL that hangs is given up after so many seconds: connecting, and for each statement.
_CONNECT_SECONDS, _STATEMENT_SECONDS = 3, 5
# Connections that stay open. SQLAlchemy's default would open and close ten more whenever many want one at once, which
# makes each query dearer than waiting for a turn: 1.6 ms of processor time instead of 0.6 with SQLite.
_POOL = {"pool_size": 5, "max_overflow": 0}
# Whoever still asks when the bot ends has so many seconds, so that what they hold is closed and not left behind.
_LAST_SECONDS = 5
# A listening connection that was cut off without a word is noticed after so many seconds.
_STILL_THERE_EVERY = 10

FILE_NAME = "storybot.db"
# Any number that nothing else in the database uses: replicas that start together migrate one after the other.
_MIGRATION_LOCK = 7_202_611
_WRITES = "storybot_writes"


class Database:
    """One database; `writing()` gives a connection in a transaction of its own, `reading()` one without any.

    Both raise StoreUnavailableError when it cannot be reached or written. No call to Slack happens inside of either: a
    transaction is as long as its queries.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT") if self.is_shared else engine
        self._writing = engine.execution_options(**{_WRITES: True})
        # SQLite takes one writer at a time, and has the others look again by and by: in line, none waits in vain.
        self._in_line = nullcontext() if self.is_shared else asyncio.Lock()
        self._lent: set[asyncio.Future[Any]] = set()
        self._is_closed = False
        self._was_cut_off = False

    @property
    def is_shared(self) -> bool:
        """Whether several processes may use it: PostgreSQL, not SQLite."""
        return self._engine.dialect.name == "postgresql"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Each query sees what was committed before it."""
        with _watched("reading"), _told_when_unavailable(self._engine):
            async with self._connected(self._reading) as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Committed at the end of the block, or rolled back with the error that left it."""
        with _watched("writing"), _told_when_unavailable(self._engine):
            async with self._in_line, self._connected(self._writing) as connection, connection.begin():
                yield connection

    async def answers(self) -> None:
        """StoreUnavailableError when it does not."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def time(self) -> datetime:
        """What the clock of a shared database shows."""
        async with self.reading() as connection:
            moment: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
            return moment

    async def listen(self, channel: str, hear: Callable[[str], None]) -> None:
        """Call `hear` with whatever is notified on a channel of PostgreSQL.

        It has a connection of its own, and ends only with that: by StoreUnavailableError.
        """
        with _told_when_unavailable(self._engine):
            lent = await self._engine.raw_connection()
            connection: Any = lent.driver_connection
            lent.detach()
            try:
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _: lost.set())
                await connection.execute("SET application_name = 'storybot listens'")
                await connection.add_listener(channel, lambda *told: hear(told[-1]))
                while True:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(lost.wait(), _STILL_THERE_EVERY)
                    await connection.execute("SELECT 1")
            finally:
                connection.terminate()

    async def aclose(self) -> None:
        """Let whoever asks come to an end, for a few seconds; whoever asks later gets StoreUnavailableError."""
        self._is_closed = True
        if self._lent:
            await asyncio.wait(self._lent, timeout=_LAST_SECONDS)
        await self._engine.dispose()
        if self._was_cut_off:
            # Such a query closes its connection in a thread of its own, for which the loop must still be there.
            await asyncio.sleep(0.05)

    async def migrate(self) -> None:
        """Apply every migration that is missing; ProblemsError when the database cannot be used."""
        with _told_when_unusable(self._engine):
            async with self._connected(self._writing) as connection, connection.begin():
                if self.is_shared:
                    await connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                await connection.run_sync(migrating.upgrade)

    async def missing_migrations(self) -> int:
        """How many there are to apply; ProblemsError as in `migrate`."""
        with _told_when_unusable(self._engine):
            async with self._connected(self._reading) as connection:
                return await connection.run_sync(migrating.missing)

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        """A connection that is given back, whatever happens to whoever uses it.

        It is opened and closed by a task of its own, since one that is cut off while it does either would be left
        behind, and comes back too late where the pool is gone.
        """
        if self._is_closed:
            raise StoreUnavailableError("closed")
        opened: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        done = asyncio.Event()
        lending = asyncio.ensure_future(_lend(engine, opened, done))
        self._lent.add(lending)
        lending.add_done_callback(self._given_back)
        try:
            await asyncio.wait({opened, lending}, return_when=asyncio.FIRST_COMPLETED)
            if opened.done():
                yield opened.result()
        except BaseException:
            # What cut it off counts, and not what may go wrong in giving it back.
            self._was_cut_off = True
            done.set()
            await asyncio.wait({lending})
            raise
        done.set()
        await asyncio.shield(lending)

    def _given_back(self, lending: asyncio.Future[Any]) -> None:
        self._lent.discard(lending)
        # Looked at, for where nobody waits for it any more.
        if not lending.cancelled():
            lending.exception()


async def _lend(engine: AsyncEngine, opened: asyncio.Future[AsyncConnection], done: asyncio.Event) -> None:
    async with engine.connect() as connection:
        opened.set_result(connection)
        await done.wait()


@contextmanager
def _watched(use: str) -> Iterator[None]:
    with metrics.using_database(use), tracing.span(f"database {use}"):
        yield


@contextmanager
def _told_when_unavailable(engine: AsyncEngine) -> Iterator[None]:
    try:
        yield
    except _OURS:
        raise
    except _unavailable(engine) as error:
        # The driver's message may quote what was to be written.
        raise StoreUnavailableError(type(error).__name__) from None


@asynccontextmanager
async def opened(url: str | None, folder: Path | None, *, beside_a_bot: bool = False) -> AsyncIterator[Database]:
    """The database at `url`, or in `folder` without one, with every migration applied; closed at the end.

    ProblemsError when it cannot be opened, or when another process has the SQLite file; `beside_a_bot` is for the
    terminal's commands, which do not act for anybody and may look in while a bot runs.
    """
    async with AsyncExitStack() as closing:
        engine = _postgresql(url, _STATEMENT_SECONDS) if url else _sqlite(closing, folder, alone=not beside_a_bot)
        database = await closing.enter_async_context(aclosing(Database(engine)))
        if url:
            # A migration takes as long as it takes, and waits for another replica's.
            async with aclosing(Database(_postgresql(url, None))) as unhurried:
                await unhurried.migrate()
        else:
            await database.migrate()
        yield database


async def missing_migrations(url: str | None, folder: Path | None) -> int:
    """How many migrations opening it would apply: looked at only, also while a bot runs; ProblemsError as there."""
    async with AsyncExitStack() as closing:
        engine = _postgresql(url, _STATEMENT_SECONDS) if url else _sqlite(closing, folder, alone=False)
        database = await closing.enter_async_context(aclosing(Database(engine)))
        return await database.missing_migrations()


def _postgresql(url: str, statement_seconds: int | None) -> AsyncEngine:
    name = "STORYBOT_DATABASE_URL"
    mend = "Write it like postgresql://user:password@host:5432/database."
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ProblemsError([Problem(name, None, "It should be a database address.", mend)]) from None
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        what = f"There is no way to keep anything in {parsed.get_backend_name()}."
        raise ProblemsError([Problem(name, None, what, mend)])
    return create_async_engine(
        parsed.set(drivername="postgresql+asyncpg"),
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"timeout": _CONNECT_SECONDS, "command_timeout": statement_seconds},
        **_POOL,
    )


def _sqlite(closing: AsyncExitStack, folder: Path | None, *, alone: bool) -> AsyncEngine:
    if folder is None:
        mend = "Set STORYBOT_DATA to a folder, or STORYBOT_DATABASE_URL to a PostgreSQL database."
        raise ProblemsError([Problem("STORYBOT_DATA", None, "There is no folder to keep the database in.", mend)])
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made by us, so that nobody else on this machine may ever read it; SQLite gives its other files the same mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        lock = closing.enter_context((folder / f"{FILE_NAME}.lock").open("a"))
    except OSError as error:
        mend = "Set STORYBOT_DATA to a folder that can be written."
        raise ProblemsError([Problem(str(path), None, f"It cannot be written: {error.strerror}.", mend)]) from error
    if alone:
        _hold(lock, path)
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)), hide_parameters=True, connect_args={"timeout": 30}, **_POOL
    )
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _hold(lock: IO[str], path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        what = "Another Storybot is using this database, and SQLite is for one process."
        mend = "Stop the other one, set STORYBOT_DATA to another folder, or share a PostgreSQL database by URL."
        raise ProblemsError([Problem(str(path), None, what, mend)]) from None


def _set_up(connection: Any, _: object) -> None:
    # The driver's own transactions begin too late and lose updates between a read and a write: we begin them below.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "secure_delete=ON"):
        # Words of our own.
        cursor.execute(f"PRAGMA {pragma}")  # nosemgrep: no-sql-made-of-strings
    cursor.close()


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: two that read first would both go on from the same state.
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _told_when_unusable(engine: AsyncEngine) -> Iterator[None]:
    try:
        yield
    except migrating.NewerDatabaseError as error:
        what, mend = "A newer Storybot has migrated the database.", "Run that version, or a newer one."
        raise ProblemsError([Problem(_where(engine), None, what, mend)]) from error
    except _unavailable(engine) as error:
        why = str(getattr(error, "orig", None) or error) or "it does not answer"
        reason = why.splitlines()[0]
        mend = "Look whether it runs, and whether its address, user and password are right."
        raise ProblemsError([Problem(_where(engine), None, f"The database cannot be used: {reason}", mend)]) from error


def _unavailable(engine: AsyncEngine) -> tuple[type[Exception], ...]:
    if engine.dialect.name != "postgresql":
        return _UNAVAILABLE
    # Its own errors come bare while it connects. It is loaded with its engine, and not where there is none.
    from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped] # it brings no types

    return (*_UNAVAILABLE, PostgresError, InterfaceError)


def _where(engine: AsyncEngine) -> str:
    return "STORYBOT_DATABASE_URL" if engine.dialect.name == "postgresql" else str(engine.url.database)
