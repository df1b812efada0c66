"""The sessions of nox and tox: a noxfile for a project that has neither, advice for one that has."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import PurePosixPath

from testkeep.model.starter import FileState, StarterFile

NOXFILE = '''\
# /// script
# dependencies = ["nox[uv]", "testkeep[all]"]
# ///
"""The sessions of testkeep: nox -s test runs the whole pipeline."""

from testkeep.nox import register

register()
'''
_NOX_LINES = "from testkeep.nox import register\nregister()"
_NOX = "noxfile.py"
_PYPROJECT = "pyproject.toml"
_INI = 'requires = testkeep[all]  (in the section "{section}")'
_TOML = 'requires = ["testkeep[all]"]  ({place})'
RUNNER_FILES = (_NOX, "tox.ini", "tox.toml", "setup.cfg", _PYPROJECT)


def runner_files(texts: Mapping[str, str]) -> tuple[StarterFile, ...]:
    """Say what becomes of the files of nox and tox.

    ``texts`` are those of ``RUNNER_FILES`` that are there. A file that is there is never changed: it is the project's
    own programme.
    """
    used = tuple(_left_alone(name, texts[name], line) for name in texts if (line := _line_for(name, texts[name])))
    return used or (StarterFile(path=PurePosixPath(_NOX), text=NOXFILE),)


def _left_alone(name: str, text: str, line: str) -> StarterFile:
    advice = "" if "testkeep" in _of_runner(name, text) else f"{name}: for testkeep's sessions, add:\n{line}"
    return StarterFile(path=PurePosixPath(name), text=text, before=text, state=FileState.THERE, advice=advice)


def _line_for(name: str, text: str) -> str:
    """What is to be added to a file; empty if it configures neither nox nor tox."""
    match name:
        case "noxfile.py":
            return _NOX_LINES
        case "tox.ini":
            return _INI.format(section="tox") if re.search(r"(?m)^\[(tox|testenv)\b", text) else ""
        case "tox.toml":
            return _TOML.format(place="at the top")
        case "setup.cfg":
            return _INI.format(section="tox:tox") if re.search(r"(?m)^\[tox:tox\]", text) else ""
        case _:
            return _TOML.format(place="in [tool.tox]") if _of_runner(name, text) else ""


def _of_runner(name: str, text: str) -> str:
    """The part of a file that is the runner's."""
    if name != _PYPROJECT:
        return text
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return ""
    return str(tool["tox"]) if isinstance(tool, dict) and "tox" in tool else ""
