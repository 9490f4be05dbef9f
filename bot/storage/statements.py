"""What both databases can do and SQLAlchemy spells apart, and the condition that stands in every query."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Table, and_, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

    Insert = postgresql.Insert | sqlite.Insert


def of(workspace: Workspace) -> dict[str, Any]:
    """The columns with which every key begins."""
    return {"enterprise_id": workspace.enterprise_id, "team_id": workspace.team_id}


def within(table: Table, workspace: Workspace, **same: object) -> ColumnElement[bool]:
    """Rows of one workspace, in which the named columns have these values."""
    wanted = {**of(workspace), **same}
    return and_(*(table.c[name] == value for name, value in wanted.items()))


def same(table: Table, *names: str) -> ColumnElement[bool]:
    """`within` for a statement that is built once: the values come as parameters, `of_` and the column's name."""
    return and_(*(table.c[name] == bindparam(f"of_{name}") for name in ("enterprise_id", "team_id", *names)))


def those(workspace: Workspace, **values: object) -> dict[str, Any]:
    """The parameters for `same`."""
    return {f"of_{name}": value for name, value in {**of(workspace), **values}.items()}


def insert_or_ignore(connection: AsyncConnection, table: Table, values: Mapping[str, Any] | None = None) -> "Insert":
    """Its `rowcount` is 0 when a row with this key is there already; without values it is for many rows."""
    return _insert(connection, table, values).on_conflict_do_nothing()


def insert_or_update(
    connection: AsyncConnection, table: Table, values: Mapping[str, Any], changes: Mapping[str, Any] | None = None
) -> "Insert":
    """Where a row with this key is there already it gets `changes`, which are `values` unless told otherwise."""
    key = [column.name for column in table.primary_key]
    rest = changes or {name: value for name, value in values.items() if name not in key}
    return _insert(connection, table, values).on_conflict_do_update(index_elements=key, set_=dict(rest))


def _insert(connection: AsyncConnection, table: Table, values: Mapping[str, Any] | None) -> "Insert":
    insert: Insert
    # What is of the other database is not loaded: a start would take a twentieth longer.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        insert = postgresql.insert(table)
    else:
        from sqlalchemy.dialects import sqlite

        insert = sqlite.insert(table)
    return insert.values(dict(values)) if values else insert
