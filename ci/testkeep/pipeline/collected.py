"""What a checkup says of the tests that were collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from testkeep.model.checkup import Check, ok, problem, warning
from testkeep.model.evidence import JobContext, Suite
from testkeep.model.stage import TEST_STAGES, Stage
from testkeep.model.tests import Item, Selection

TESTS, IDS = "tests", "test ids"
_MOST_NAMES = 3


def suite_checks(suite: Suite, context: JobContext, required: Sequence[Stage]) -> tuple[Check, ...]:
    """One check for each stage that has tests or must have some, and for what keeps tests from being found."""
    items = [test.item for test in suite.tests]
    stages = (
        _stage(stage, [item for item in items if item.stage is stage], context, required) for stage in TEST_STAGES
    )
    checks = [check for check in stages if check is not None]
    failed = [report for report in suite.collectors if report.outcome == "failed"]
    if failed:
        first = failed[0]
        said = f"pytest cannot collect {named(report.id for report in failed)}"
        checks.append(problem(TESTS, f"{said} ({first.reason[:200]})", "Fix it: what is in it is not run."))
    elif not items:
        checks.append(warning(TESTS, "pytest collects no test", "Write one, or look at testpaths and python_files."))
    return tuple(checks)


def _stage(stage: Stage, items: Sequence[Item], context: JobContext, required: Sequence[Stage]) -> Check | None:
    name = f"stage {stage}"
    if not items:
        advice = f"Write one, mark one with @pytest.mark.{stage}, or take the stage off the policy's list."
        return warning(name, "no test", advice) if stage in required else None
    left_out = Counter(reason for item in items if (reason := context.leaves_out(stage, item.marks)))
    gone = Counter(item.selected_by or "a hook" for item in items if item.selection is not Selection.SELECTED)
    parts = [f"{number} left out by {reason}" for reason, number in left_out.items()]
    said = "; ".join([counted(len(items), "test"), *parts])
    if gone:
        taken = ", ".join(f"{number} deselected by {by}" for by, number in gone.items())
        return warning(name, f"{said}; {taken}", "These guard nothing: take the selection out if they should run.")
    return ok(name, said)


def id_check(one: Suite, other: Suite) -> Check:
    """Compare the ids of two collections of the same code."""
    first, second = ({test.item.id for test in suite.tests} for suite in (one, other))
    unstable = sorted(first - second) or sorted(second - first)
    if not unstable:
        return ok(IDS, "the same in two collections")
    said = f"{counted(len(unstable), 'id')} {'differs' if len(unstable) == 1 else 'differ'} between two collections"
    return problem(
        IDS,
        f"{said}: {named(unstable)}",
        "Such a test is lost at each run: give its parameters fixed ids (pytest.param(..., id='...')).",
    )


def counted(number: int, noun: str) -> str:
    """A number of things in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def named(names: Iterable[str]) -> str:
    """The first few names, and how many more there are."""
    found = list(names)
    more = len(found) - _MOST_NAMES
    return ", ".join(found[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
