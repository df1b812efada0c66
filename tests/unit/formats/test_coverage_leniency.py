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
            [("report.exclude_lines", "the default", "def")],
            {"run": {"branch": "true"}, "report": {"fail_under": "3"}},
            id="what the base does not say is taken away",
        ),
        pytest.param(
            {"run": {"sigterm": "true"}},
            [("run.branch", "true", "nothing")],
            {"run": {"sigterm": "true", "branch": "true"}},
            id="no branches any more",
        ),
        pytest.param(
            {
                "run": {"branch": "true"},
                "report": {"exclude_lines": "pragma: no cover", "partial_branches_always": "z"},
            },
            [("report.partial_branches_always", "nothing", "z")],
            {"run": {"branch": "true"}, "report": {"exclude_lines": "pragma: no cover"}},
            id="the default, written down, is no loosening",
        ),
        pytest.param(
            {"run": {"branch": "true", "plugins": "a.plugin"}},
            [("run.plugins", "nothing", "a.plugin")],
            {"run": {"branch": "true"}},
            id="a plugin, which may set anything",
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


def test_leniency__the_base_is_stricter_than_the_default__its_list_stays_in_force() -> None:
    base: Config = {"report": {"exclude_lines": "if TYPE_CHECKING"}}

    assert list(loosened(base, {})) == [("report.exclude_lines", "if TYPE_CHECKING", "the default")]
    assert tightened(base, {}) == base


def test_leniency__plugins__those_that_are_gone_stay_gone() -> None:
    base: Config = {"run": {"plugins": "a\nb"}}

    assert tightened(base, {"run": {"plugins": "b\nc"}}) == {"run": {"plugins": "b"}}
    assert list(loosened(base, {"run": {"plugins": "b"}})) == []


@pytest.mark.parametrize("value", ["true", " True\n", "yes", "on", "1"])
def test_is_true__what_coverage_takes_for_yes(value: str) -> None:
    assert is_true(value)


@pytest.mark.parametrize("value", ["", "false", "no", "0", "off"])
def test_is_true__everything_else__is_not(value: str) -> None:
    assert not is_true(value)
