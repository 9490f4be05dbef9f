"""Bringing a database to today's tables. Alembic is loaded only where a migration is missing: that takes a while."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

MIGRATIONS = Path(__file__).parent / "migrations"


class NewerDatabaseError(Exception):
    """A newer Storybot has migrated this database, to where none of our migrations leads."""


def newest() -> str:
    """The revision to which all migrations lead: their files are named by their revisions, the newest the highest."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def upgrade(connection: Connection) -> None:
    """Apply every migration that is missing; NewerDatabaseError where there can be none."""
    if _is_newest(connection):
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise NewerDatabaseError from error


def missing(connection: Connection) -> int:
    """How many migrations `upgrade` would apply; NewerDatabaseError as there."""
    if _is_newest(connection):
        return 0
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.script.revision import RevisionError
    from alembic.util.exc import CommandError

    applied = MigrationContext.configure(connection).get_current_revision()
    try:
        return len(list(ScriptDirectory(str(MIGRATIONS)).iterate_revisions("head", applied or "base")))
    except (CommandError, RevisionError) as error:
        raise NewerDatabaseError from error


def _is_newest(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest())
