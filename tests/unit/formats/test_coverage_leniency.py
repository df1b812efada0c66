"""What a change of coverage.py's configuration leaves out, and its undoing."""

from __future__ import annotations

import pytest

from testkeep.formats.coverage_config import Config
from testkeep.formats.coverage_leniency import is_true, loosened, tightened

_BASE: Config = {"run": {"omit": "a/*\nb/*", "branch": "true", "sigterm": "true"}, "report": {"exclude_also": "x"}}


@pytest.mark.parametrize(
    ("head", "found", "in_force"),
    [
        pytest.param(_BASE, [], _BASE, id="the same"),
        pytest.param(
            {"run": {"omit": "b/*", "branch": "True"}},
            [],
            {"run": {"omit": "b/*", "branch": "True"}},
            id="stricter counts at once",
        ),
        pytest.param(
            {"run": {"omit": "b/*, a/*", "branch": "true"}},
            [],
            {"run": {"omit": "b/*, a/*", "branch": "true"}},
            id="the same in one line",
        ),
        pytest.param(
            {"run": {"omit": "b/*\nc/*\na/*", "branch": "true"}},
            [("run.omit", "a/*, b/*", "b/*, c/*, a/*")],
            {"run": {"omit": "a/*\nb/*", "branch": "true"}},
            id="more is left out",
        ),
        pytest.param(
            {"run": {"branch": "true"}, "report": {"exclude_lines": "def ", "fail_under": "3"}},
            [("report.exclude_lines", "nothing", "def")],
            {"run": {"branch": "true"}, "report": {"fail_under": "3"}},
            id="what the base does not say is taken away",
        ),
        pytest.param(
            {"run": {"sigterm": "true"}},
            [("run.branch", "true", "nothing")],
            {"run": {"sigterm": "true", "branch": "true"}},
            id="no branches any more",
        ),
        pytest.param({}, [("run.branch", "true", "nothing")], {"run": {"branch": "true"}}, id="no configuration left"),
        pytest.param(
            {"run": {"branch": "no"}, "report": {"partial_also": "y", "exclude_also": "x\ny"}},
            [
                ("report.exclude_also", "x", "x, y"),
                ("report.partial_also", "nothing", "y"),
                ("run.branch", "true", "no"),
            ],
            {"run": {"branch": "true"}, "report": {"exclude_also": "x"}},
            id="several",
        ),
    ],
)
def test_leniency__table(head: Config, found: list[tuple[str, str, str]], in_force: Config) -> None:
    before = {section: dict(options) for section, options in head.items()}
    assert list(loosened(_BASE, head)) == found
    assert tightened(_BASE, head) == in_force
    assert head == before


@pytest.mark.parametrize("value", ["true", " True\n", "yes", "on", "1"])
def test_is_true__what_coverage_takes_for_yes(value: str) -> None:
    assert is_true(value)


@pytest.mark.parametrize("value", ["", "false", "no", "0", "off"])
def test_is_true__everything_else__is_not(value: str) -> None:
    assert not is_true(value)
