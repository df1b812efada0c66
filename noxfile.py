"""The kit's own sessions, made by the kit. ``./scripts/test`` makes the environment that this file needs."""

from testkeep.nox import register

register(extras=["all", "alembic"], requirements=["scripts/locked.txt"])
