"""What stands in the database file, as somebody who steals it would read it."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from bot.storage.database import FILE_NAME


def everything(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    with sqlite3.connect(folder / FILE_NAME) as database:
        database.row_factory = sqlite3.Row
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")] for table in tables}


def naming(folder: Path, word: str) -> list[str]:
    """The tables in which a word stands anywhere; one name for each row."""
    return [table for table, rows in everything(folder).items() for row in rows if word in json.dumps(row, default=str)]


def tokens(folder: Path) -> list[str]:
    """The tokens that are kept, as they are kept."""
    rows = everything(folder)["installations"]
    return [row[name] for row in rows for name in ("tokens", "renewed") if row[name]]
