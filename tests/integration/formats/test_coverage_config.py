"""coverage.py itself reads what we make of its users' configuration."""

from __future__ import annotations

from pathlib import Path

import coverage
import pytest

from testkeep.formats.coverage_config import dumps, loads, overlay

_TOML = """
[tool.coverage.run]
source = ["elsewhere"]
data_file = "elsewhere"
omit = ["app/generated/*", "app/vendor/*"]
[tool.coverage.paths]
source = ["src/", "*/site-packages/"]
[tool.coverage.report]
exclude_lines = ["# pragma: no cover", "if TYPE_CHECKING:", "@(abc\\\\.)?abstractmethod", "\\\\.\\\\.\\\\.$"]
fail_under = 87.5
show_missing = true
"""
_INI = """
[run]
source = elsewhere
data_file = elsewhere
omit = app/generated/*, app/vendor/*
[paths]
source =
    src/
    */site-packages/
[report]
exclude_lines =
    [#] pragma: no cover
    if TYPE_CHECKING:
    @(abc\\.)?abstractmethod
    \\.\\.\\.$
fail_under = 87.5
show_missing = yes
"""


@pytest.mark.parametrize(
    ("name", "text", "pragma"),
    [("pyproject.toml", _TOML, "# pragma: no cover"), (".coveragerc", _INI, "[#] pragma: no cover")],
)
def test_dumps__overlaid_configuration__is_what_coverage_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, pragma: str
) -> None:
    monkeypatch.delenv("COVERAGE_FILE", raising=False)
    user = loads(name, text)
    assert user is not None
    ours = {"branch": "false", "concurrency": "thread\ngreenlet", "disable_warnings": "no-data-collected"}
    config = tmp_path / "coverage.toml"
    config.write_text(dumps(overlay(user, ours, ["**/test_*.py"])), encoding="utf-8")

    measured = coverage.Coverage(config_file=str(config))

    options = {
        option: measured.get_option(option)
        for option in (
            "run:source",
            "run:data_file",
            "run:branch",
            "run:concurrency",
            "run:disable_warnings",
            "run:relative_files",
            "run:omit",
            "report:exclude_lines",
            "report:fail_under",
            "report:show_missing",
        )
    }
    assert options == {
        "run:source": None,
        "run:data_file": ".coverage",
        "run:branch": False,
        "run:concurrency": ["thread", "greenlet"],
        "run:disable_warnings": ["no-data-collected"],
        "run:relative_files": True,
        "run:omit": ["app/generated/*", "app/vendor/*", "**/test_*.py"],
        "report:exclude_lines": [
            pragma,
            "if TYPE_CHECKING:",
            "@(abc\\.)?abstractmethod",
            "\\.\\.\\.$",
        ],
        "report:fail_under": 0.0,
        "report:show_missing": True,
    }
    assert measured.config.paths == {}
