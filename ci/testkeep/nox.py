"""The nox sessions of testkeep, for a noxfile: ``from testkeep.nox import register``."""

from testkeep.plugins.nox_sessions import register

__all__ = ["register"]
