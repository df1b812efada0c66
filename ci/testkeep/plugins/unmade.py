"""Why an environment could not be made: what can be told of the index that packages come from, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from testkeep.errors import ToolError, UsageError
from testkeep.model.policy import OLDEST_PYTHON
from testkeep.system.interpreter import version_in
from testkeep.system.network import refusals

_INDEXES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_SWITCHES = {"UV_OFFLINE": "uv's cache has", "PIP_NO_INDEX": "lies in folders that pip is told of"}
_OFF = ("", "0", "false", "no", "off")
_DEFAULT = "https://pypi.org/simple"
_PORTS = {"http": 80, "https": 443}


def check_python(environment: Path) -> None:
    """See that testkeep can run in an environment, before anything is installed in vain.

    Raises:
        UsageError: its Python is too old.
    """
    version = version_in(environment)
    if version is not None and version < OLDEST_PYTHON:
        least, has = (".".join(map(str, each)) for each in (OLDEST_PYTHON, version))
        raise UsageError(
            f"{environment}: testkeep needs Python {least} or later, and this environment has {has}",
            hint=f"Ask for a newer one: nox -P {least}, or base_python in tox.",
        )


def not_made(variables: Mapping[str, str]) -> ToolError:
    """Say why nothing was checked: the installer has said by then what it could not do."""
    said = "The environment could not be made, so nothing was checked"
    trouble = network_trouble(variables)
    if trouble:
        return ToolError(f"{said}: {trouble[0]}.", hint=trouble[1])
    hint = "What the installer says stands above."
    asks_default = not any(variables.get(name) for name in _INDEXES) and not _has_proxy(variables)
    refused = _refusal(_DEFAULT) if asks_default else ""
    if refused:
        hint += f" {_DEFAULT}, which it asks unless it is told of another index, {refused} here."
    return ToolError(f"{said}.", hint=hint)


def network_trouble(variables: Mapping[str, str]) -> tuple[str, str] | None:
    """What keeps packages from being fetched, and what to do; None where nothing is known to.

    Behind a proxy nobody can tell whether an index answers.
    """
    for name, has in _SWITCHES.items():
        if variables.get(name, "").lower() not in _OFF:
            advice = f"Unset {name} where there is a network, or install once without it to have them there."
            return f"{name} is set, so there are only the packages that {has}", advice
    for name in _INDEXES if not _has_proxy(variables) else ():
        url = variables.get(name, "")
        refused = _refusal(url) if url else ""
        if refused:
            advice = f"See whether the network is there, or name another index: {name}=URL."
            return f"the index {_without_secrets(url)} ({name}) {refused}", advice
    return None


def _has_proxy(variables: Mapping[str, str]) -> bool:
    return any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") and variables[name] for name in variables)


def _refusal(url: str) -> str:
    place = _place(url)
    return refusals([place]).get(place, "") if place is not None else ""


def _place(url: str) -> tuple[str, int] | None:
    """The host and port of an index; None for a folder, and for what is no URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (host, port) if host and port else None


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
