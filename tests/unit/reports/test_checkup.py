"""A checkup as lines."""

from __future__ import annotations

from testkeep.model.checkup import Check, Checkup, ok, problem, warning
from testkeep.reports.checkup import render


def _rendered(*checks: Check) -> list[str]:
    return render(Checkup(schema="testkeep.doctor/1", checks=checks), width=80, color=False).splitlines()


def test_render__checks__are_a_line_each_and_a_sum() -> None:
    lines = _rendered(
        ok("root", "/project"),
        warning("stage lint", "ruff is not installed", "Install it."),
        problem("base", "no commit\nto compare with", "Name one."),
        problem("tests", "none", "Write one."),
    )

    assert lines == [
        "ok       root        /project",
        "warning  stage lint  ruff is not installed. Install it.",
        "problem  base        no commit to compare with. Name one.",
        "problem  tests       none. Write one.",
        "2 problems, 1 warning",
    ]


def test_render__nothing_wrong__says_so() -> None:
    assert _rendered(ok("root", "/project"))[-1] == "all is well"


def test_render__very_many_checks__leaves_out_what_is_ok_first() -> None:
    fine = [ok(f"fine {number}", "it is") for number in range(40)]
    lines = _rendered(
        *fine, *[warning(f"bad {number}", "it is", "Mend it.") for number in range(40)], problem("p", "q", "r")
    )

    assert len(lines) == 30
    assert lines[0].startswith("problem")
    assert not any(line.startswith("ok") for line in lines)
    assert lines[-2:] == ["53 more: --json shows all", "1 problem, 40 warnings"]


def test_render__long_text__stays_on_its_line() -> None:
    assert len(_rendered(ok("root", "word " * 100))) == 2
