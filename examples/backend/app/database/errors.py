"""Which constraint an IntegrityError is about."""

from sqlalchemy.exc import IntegrityError


def violates_unique(error: IntegrityError, *columns: str) -> bool:
    """Whether the error says that these columns (`table.column`) must be unique together."""
    return str(error.orig) == f"UNIQUE constraint failed: {', '.join(columns)}"
