"""Services that environment variables name by their URLs."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

# What people leave out of a URL, by the first part of its scheme ("postgresql+asyncpg").
_PORTS = {
    "postgres": 5432, "postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433, "oracle": 1521, "redis": 6379,
    "rediss": 6379, "valkey": 6379, "amqp": 5672, "amqps": 5671, "mongodb": 27017, "nats": 4222, "memcached": 11211,
    "clickhouse": 9000, "cockroachdb": 26257,
}  # fmt: skip


def services(variables: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """The host and port that each variable's URL names. Proxies and web sites on their usual ports are no services.

    >>> services({"DATABASE_URL": "postgresql+asyncpg://app:secret@db/app", "HOME": "/root"})
    {'DATABASE_URL': ('db', 5432)}
    """
    found = {
        name: host_and_port(value, _PORTS) for name, value in variables.items() if not name.lower().endswith("_proxy")
    }
    return {name: place for name, place in sorted(found.items()) if place is not None}


def host_and_port(value: str, ports: Mapping[str, int]) -> tuple[str, int] | None:
    """Where a URL leads; None for what is no URL, has no host, or no port. ``ports`` are the usual ones, by scheme."""
    try:
        url = urlsplit(value.strip())
        port = url.port or ports.get(url.scheme.partition("+")[0])
        host = url.hostname
    except ValueError:  # brackets without an address between them, or a port that is no number
        return None
    return (host, port) if "://" in value and host and port else None
