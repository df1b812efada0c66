"""Scratch databases: made by the real migrations, read past the service by plain sqlite3."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, create_engine, inspect

PROJECT = Path(__file__).parent.parent


def url_of(file: Path, driver: str = "sqlite+aiosqlite") -> str:
    return URL.create(driver, database=str(file)).render_as_string()


def alembic_config(file: Path | None = None) -> Config:
    config = Config(PROJECT / "alembic.ini")
    if file is not None:
        config.attributes["database_url"] = url_of(file)
    return config


def revisions() -> list[str]:
    """All of them, the oldest first."""
    scripts = ScriptDirectory.from_config(alembic_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def upgrade(file: Path, revision: str = "head") -> None:
    _in_thread(command.upgrade, alembic_config(file), revision)


def downgrade(file: Path, revision: str) -> None:
    _in_thread(command.downgrade, alembic_config(file), revision)


def query(file: Path, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Runs one statement, commits, and returns its rows."""
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(statement, parameters).fetchall()


def count(file: Path, table: str) -> int:
    [(rows,)] = query(file, f"SELECT count(*) FROM {table}")  # noqa: S608 - from tests only
    return int(rows)


def schema_of(file: Path) -> dict[str, Any]:
    """What the catalogue says about each table, whatever the order of its columns."""
    engine = create_engine(url_of(file, "sqlite"))
    with engine.connect() as connection:
        schema = _describe(connection)
    engine.dispose()
    return schema


def _describe(connection: Connection) -> dict[str, Any]:
    inspector = inspect(connection)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(table)
            },
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": _sorted(inspector.get_foreign_keys(table)),
            "unique": _sorted(inspector.get_unique_constraints(table)),
            "checks": _sorted(inspector.get_check_constraints(table)),
            "indexes": {
                index["name"]: (index["column_names"], index["unique"], _where(index))
                for index in inspector.get_indexes(table)
            },
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _sorted(constraints: Any) -> list[Any]:
    return sorted(constraints, key=lambda constraint: str(constraint["name"]))


def _where(index: Any) -> str | None:
    where = index.get("dialect_options", {}).get("sqlite_where")
    return None if where is None else str(where)


def _in_thread(run: Any, *arguments: object) -> None:
    """env.py starts an event loop of its own: that needs a thread in which there is none."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run, *arguments).result()
