"""Interpreters of this machine, to lend to the double of setup-python."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

_ASK = "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2], sep='\\n')"


def find_pythons(*versions: str) -> dict[str, Path]:
    """The interpreters of these versions (``3.12``) that are installed; those that are not are left out."""
    found = {version: interpreter for version in versions for interpreter in _interpreters(version)}
    return {version: found[version] for version in versions if version in found}


def _interpreters(version: str) -> Iterator[Path]:
    on_path = shutil.which(f"python{version}")
    candidates = [] if on_path is None else [Path(on_path)]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates += sorted(pyenv.glob(f"versions/{version}.*/bin/python"))
    for candidate in candidates:
        done = subprocess.run([candidate, "-c", _ASK], capture_output=True, text=True)
        # pyenv's own launchers are on the path for versions that are not switched on; they only fail.
        interpreter, _, actual = done.stdout.strip().partition("\n")
        if done.returncode == 0 and actual == version:
            yield Path(interpreter)
