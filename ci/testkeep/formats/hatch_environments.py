"""The environments of Hatch to what they install; they are for a project's development alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

FILE = "hatch.toml"
_KEYS = ("dependencies", "extra-dependencies")


def requirements(pyproject: str, hatch: str = "") -> tuple[str, ...]:
    """Find the requirements that the environments name themselves; extras and groups stand where these are defined.

    The texts are those of ``pyproject.toml`` and ``hatch.toml``, whose keys replace the other's. What cannot be parsed
    is passed over: Hatch itself will say so better.

    Source: Hatch 1.14, configuration of environments.

    >>> requirements('[tool.hatch.envs.lint]\\ndependencies = ["black"]\\nextra-dependencies = ["mypy>=1"]')
    ('black', 'mypy>=1')
    """
    settings = {**_table(_table(_document(pyproject), "tool"), "hatch"), **_document(hatch)}
    environments = [table for table in _table(settings, "envs").values() if isinstance(table, dict)]
    lists = [table[key] for table in environments for key in _KEYS if isinstance(table.get(key), list)]
    return tuple(dict.fromkeys(line for lines in lists for line in lines if isinstance(line, str)))


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _table(parent: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}
