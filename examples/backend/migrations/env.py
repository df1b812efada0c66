"""Runs migrations on the service's own engine. The URL is the service's own setting.

Whoever calls alembic from Python can pass another URL as `config.attributes["database_url"]`.
"""

import asyncio
from logging.config import fileConfig
from typing import Any

from alembic import context
from sqlalchemy import Connection, event

from app.database.engine import create_engine
from app.models import Base
from app.settings import Settings

config = context.config

# Logging belongs to the process: it is configured for alembic's own command line only.
if config.cmd_opts is not None and config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def database_url() -> str:
    url: str | None = config.attributes.get("database_url")
    return url or Settings.from_environment().database_url


def run_on(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migrations left broken references: {broken}")


async def migrate() -> None:
    # Batch mode drops the old table after copying it. With foreign keys on, that would delete the
    # rows of every table that refers to it, so they are off here and checked at the end.
    engine = create_engine(database_url(), foreign_keys=False)

    # SQLite can roll back DDL, but its driver begins no transaction for it: do it ourselves, so
    # that a migration happens as a whole or not at all.
    @event.listens_for(engine.sync_engine, "connect")
    def leave_transactions_to_us(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        async with engine.connect() as connection:
            await connection.run_sync(run_on)
    finally:
        await engine.dispose()


if context.is_offline_mode():
    raise RuntimeError("the migrations read rows and rebuild tables: --sql cannot do that")
asyncio.run(migrate())
