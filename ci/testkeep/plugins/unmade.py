"""Why an environment could not be made: what can be told of the index that packages come from, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from testkeep.errors import ToolError, UsageError
from testkeep.formats.service_urls import host_and_port
from testkeep.model.policy import OLDEST_PYTHON, OLDEST_PYTHON_NAME
from testkeep.system.interpreter import version_in
from testkeep.system.network import refusals

# Of each installer; Poetry reads none of them.
_INDEXES = {"uv": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"), "pip": ("PIP_INDEX_URL",)}
_SWITCHES = {
    "uv": ("UV_OFFLINE", "that uv's cache has"),
    "pip": ("PIP_NO_INDEX", "that lie in the folders that pip is told of"),
}
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
        least, has = OLDEST_PYTHON_NAME, ".".join(map(str, version))
        raise UsageError(
            f"{environment}: testkeep needs Python {least} or later, and this environment has {has}",
            hint=f"Ask for a newer one: nox -P {least}, or base_python in tox.",
        )


def not_made(variables: Mapping[str, str], installer: str) -> ToolError:
    """Say why nothing was checked: the installer (uv, pip or poetry) has said by then what it could not do."""
    said = "The environment could not be made, so nothing was checked"
    trouble = network_trouble(variables, installer)
    if trouble:
        return ToolError(f"{said}: {trouble[0]}.", hint=trouble[1])
    hint = "What the installer says stands above."
    is_told = any(variables.get(name) for name in _INDEXES.get(installer, ()))
    refused = "" if is_told or _has_proxy(variables) else _refusal(_DEFAULT)
    if refused:
        hint += f" {_DEFAULT}, which it asks unless it is told of another index, {refused} here."
    return ToolError(f"{said}.", hint=hint)


def network_trouble(variables: Mapping[str, str], installer: str) -> tuple[str, str] | None:
    """What keeps an installer from fetching packages, and what to do; None where nothing is known to."""
    name = _switched_off(variables, installer)
    if not name:
        return index_trouble(variables, installer)
    advice = f"Unset {name} where there is a network, or install once without it to have them there."
    return f"{name} is set, so there are only the packages {_SWITCHES[installer][1]}", advice


def index_trouble(variables: Mapping[str, str], installer: str) -> tuple[str, str] | None:
    """Which index that an installer asks does not answer, and what to do; None where none is known to.

    Behind a proxy nobody can tell whether an index answers.
    """
    if _has_proxy(variables) or _switched_off(variables, installer):
        return None
    for name in _INDEXES.get(installer, ()):
        url = variables.get(name, "")
        refused = _refusal(url) if url else ""
        if refused:
            advice = f"See whether the network is there, or name another index: {name}=URL."
            return f"the index {_without_secrets(url)} ({name}) {refused}", advice
    return None


def _switched_off(variables: Mapping[str, str], installer: str) -> str:
    """The variable that keeps an installer from the network; empty if none does."""
    name = _SWITCHES.get(installer, ("", ""))[0]
    return "" if variables.get(name, "").lower() in _OFF else name


def _has_proxy(variables: Mapping[str, str]) -> bool:
    return any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") and variables[name] for name in variables)


def _refusal(url: str) -> str:
    place = host_and_port(url, _PORTS)
    return refusals([place]).get(place, "") if place is not None else ""


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
