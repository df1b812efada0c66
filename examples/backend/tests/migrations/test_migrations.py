import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from app.models import Base
from tests.databases import (
    PROJECT,
    alembic_config,
    downgrade,
    query,
    revisions,
    schema_of,
    upgrade,
    url_of,
)

CREATED = "2026-01-02 03:04:05.000000"

NEIGHBOURS = list(zip(["base", *revisions()], revisions(), strict=False))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "backend.db"


def add_user(file: Path, email: str, *, active: bool = True) -> None:
    """A user as it was before revision 0004, with a session and an API key."""
    [(user_id,)] = query(
        file,
        "INSERT INTO users (email, name, password_hash, is_active, created_at)"
        " VALUES (?, ?, 'hash', ?, ?) RETURNING id",
        email,
        email.partition("@")[0],
        active,
        CREATED,
    )
    query(
        file,
        "INSERT INTO sessions (user_id, token_digest, created_at, expires_at) VALUES (?, ?, ?, ?)",
        user_id,
        f"session of {user_id}",
        CREATED,
        CREATED,
    )
    query(
        file,
        "INSERT INTO api_keys (user_id, name, prefix, digest, created_at)"
        " VALUES (?, 'laptop', 'bk_12345678', ?, ?)",
        user_id,
        f"key of {user_id}",
        CREATED,
    )


def children_of_users(file: Path) -> list[tuple[str, int]]:
    return query(
        file,
        "SELECT token_digest, user_id FROM sessions"
        " UNION ALL SELECT digest, user_id FROM api_keys",
    )


def test_history_has_a_single_head() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert scripts.get_heads() == [revisions()[-1]]


def test_upgrade_from_empty_makes_the_tables_of_the_models(template_database: Path) -> None:
    assert set(schema_of(template_database)) == set(Base.metadata.tables)
    assert query(template_database, "SELECT version_num FROM alembic_version") == [
        (revisions()[-1],)
    ]


@pytest.mark.parametrize(
    ("below", "revision"), [pytest.param(*pair, id=pair[1]) for pair in NEIGHBOURS]
)
def test_revision_goes_up_down_and_up_without_a_trace(
    empty: Path, below: str, revision: str
) -> None:
    if below != "base":
        upgrade(empty, below)
    before = schema_of(empty) if below != "base" else {}
    upgrade(empty, revision)
    after = schema_of(empty)
    assert after != before

    downgrade(empty, below)
    assert schema_of(empty) == before

    upgrade(empty, revision)
    assert schema_of(empty) == after


def test_autogenerate_finds_nothing_left_to_migrate(template_database: Path) -> None:
    engine = create_engine(url_of(template_database, "sqlite"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_migrated_schema_equals_the_one_made_from_the_models(
    template_database: Path, empty: Path
) -> None:
    engine = create_engine(url_of(empty, "sqlite"))
    Base.metadata.create_all(engine)
    engine.dispose()
    assert schema_of(template_database) == schema_of(empty)


def test_0004_normalises_emails_and_keeps_the_entered_ones(empty: Path) -> None:
    upgrade(empty, "0003")
    add_user(empty, "Ada@Example.com")
    add_user(empty, "\N{LATIN CAPITAL LETTER E WITH ACUTE}mile@example.com")
    add_user(empty, "grace@example.com")

    upgrade(empty, "0004")

    assert query(empty, "SELECT email, contact_email FROM users ORDER BY id") == [
        ("ada@example.com", "Ada@Example.com"),
        (
            "\N{LATIN SMALL LETTER E WITH ACUTE}mile@example.com",
            "\N{LATIN CAPITAL LETTER E WITH ACUTE}mile@example.com",
        ),
        ("grace@example.com", "grace@example.com"),
    ]


def test_0004_downgrade_restores_every_user_as_it_was(empty: Path) -> None:
    upgrade(empty, "0003")
    add_user(empty, "Ada@Example.com")
    add_user(empty, "grace@example.com", active=False)
    before = query(empty, "SELECT * FROM users ORDER BY id")

    upgrade(empty, "0004")
    downgrade(empty, "0003")

    assert query(empty, "SELECT * FROM users ORDER BY id") == before


def test_0004_refuses_emails_that_would_collide_and_changes_nothing(empty: Path) -> None:
    upgrade(empty, "0003")
    add_user(empty, "Ada@example.com")
    add_user(empty, "ada@example.com")
    before = schema_of(empty)

    with pytest.raises(RuntimeError, match=r"differ in spelling only: \{'ada@example.com': \[1, 2"):
        upgrade(empty, "head")

    assert schema_of(empty) == before
    assert query(empty, "SELECT version_num FROM alembic_version") == [("0003",)]
    assert query(empty, "SELECT email FROM users ORDER BY id") == [
        ("Ada@example.com",),
        ("ada@example.com",),
    ]


def test_0005_dates_deactivated_users_by_their_creation(empty: Path) -> None:
    upgrade(empty, "0003")
    add_user(empty, "ada@example.com")
    add_user(empty, "grace@example.com", active=False)

    upgrade(empty, "0005")

    assert query(empty, "SELECT email, deactivated_at FROM users ORDER BY id") == [
        ("ada@example.com", None),
        ("grace@example.com", CREATED),
    ]


def test_0005_downgrade_keeps_who_was_deactivated_meanwhile(empty: Path) -> None:
    upgrade(empty, "0003")
    add_user(empty, "ada@example.com")
    add_user(empty, "grace@example.com", active=False)
    add_user(empty, "mary@example.com")
    upgrade(empty, "0005")
    query(empty, "UPDATE users SET deactivated_at = ? WHERE id = 3", "2026-02-03 00:00:00.000000")

    downgrade(empty, "0004")

    assert query(empty, "SELECT email, is_active FROM users ORDER BY id") == [
        ("ada@example.com", 1),
        ("grace@example.com", 0),
        ("mary@example.com", 0),
    ]


def test_rebuilding_the_users_table_keeps_the_rows_that_refer_to_it(empty: Path) -> None:
    upgrade(empty, "0003")
    add_user(empty, "Ada@example.com")
    add_user(empty, "grace@example.com")
    before = children_of_users(empty)
    assert len(before) == 4

    upgrade(empty)
    assert children_of_users(empty) == before

    downgrade(empty, "0003")
    assert children_of_users(empty) == before


def test_migrations_report_references_that_are_broken(empty: Path) -> None:
    upgrade(empty, "0002")
    query(
        empty,
        "INSERT INTO sessions (user_id, token_digest, created_at, expires_at)"
        " VALUES (99, 'digest', ?, ?)",
        CREATED,
        CREATED,
    )
    with pytest.raises(RuntimeError, match=r"broken references: .*'sessions', 1, 'users'"):
        upgrade(empty, "0003")


def test_migrating_in_process_leaves_the_callers_logging_alone(empty: Path) -> None:
    logger = logging.getLogger("somebody.elses")
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    upgrade(empty)
    assert logger.disabled is False
    assert (root.level, list(root.handlers)) == before


def test_alembic_command_line_migrates_the_database_of_the_environment(
    empty: Path, template_database: Path
) -> None:
    result = subprocess.run(  # noqa: S603 - nothing here comes from outside
        [sys.executable, "-m", "alembic", "-c", PROJECT / "alembic.ini", "upgrade", "head"],
        cwd=empty.parent,
        env={**os.environ, "DATABASE_URL": url_of(empty)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert schema_of(empty) == schema_of(template_database)
