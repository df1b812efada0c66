"""The pipeline's file, read: its declared inputs, and the jobs that a set of inputs makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

Table = Mapping[str, Any]


def read(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the inputs that a pipeline declares, and its body."""
    header, body = yaml.safe_load_all(file.read_text(encoding="utf-8"))
    return header["spec"]["inputs"], body


def scripts(rendered: Table) -> dict[str, str]:
    """The script of each job of a rendered pipeline, as the shell gets it."""
    return {name: "\n".join(job["script"]) for name, job in rendered.items() if "script" in job}
