"""What a checkup says of the tests that were collected."""

from __future__ import annotations

import msgspec
import pytest

from builders import a_suite, a_test, provenance
from testkeep.model.checkup import Check, Status
from testkeep.model.evidence import CollectorReport, Job, JobContext, Suite
from testkeep.model.stage import TEST_STAGES, Stage
from testkeep.model.tests import Item, RecordedTest, Selection
from testkeep.pipeline.collected import counted, id_check, named, suite_checks

CONTEXT = JobContext(
    job=Job(id="collection", stages=TEST_STAGES),
    provenance=provenance(),
    packages=("app",),
    run_stages=(Stage.UNIT, Stage.INTEGRATION),
    leave_out=("slow",),
)


def a_found(name: str, stage: Stage = Stage.UNIT, **rest: object) -> RecordedTest:
    item = Item(id=f"tests/test_a.py::{name}", path="tests/test_a.py", line=1, stage=stage)
    return msgspec.structs.replace(a_test(), item=msgspec.structs.replace(item, **rest), execution=None)


def found(*tests: RecordedTest, failed: int = 0) -> Suite:
    reports = tuple(
        CollectorReport(id=f"tests/test_{number}.py", outcome="failed", reason="ImportError: no x")
        for number in range(failed)
    )
    return msgspec.structs.replace(a_suite(), tests=tests, collectors=reports)


def _only(suite: Suite, *required: Stage) -> Check:
    (check,) = suite_checks(suite, CONTEXT, required)
    return check


@pytest.mark.parametrize(
    ("suite", "name", "status", "said"),
    [
        pytest.param(found(a_found("a")), "stage unit", Status.OK, "1 test", id="one"),
        pytest.param(
            found(a_found("a"), a_found("b", marks=("slow",))),
            "stage unit", Status.OK, "2 tests; 1 left out by mark slow", id="left out by a mark",
        ),
        pytest.param(
            found(a_found("a", Stage.E2E)),
            "stage e2e", Status.OK, "1 test; 1 left out by stage e2e, which the policy does not run", id="opt-in",
        ),
        pytest.param(
            found(a_found("a", selection=Selection.DESELECTED, selected_by="-k 'b' (addopts)")),
            "stage unit", Status.WARNING, "1 test; 1 deselected by -k 'b' (addopts)", id="deselected",
        ),
        pytest.param(found(), "tests", Status.WARNING, "pytest collects no test", id="none at all"),
        pytest.param(
            found(failed=5),
            "tests",
            Status.PROBLEM,
            "pytest cannot collect tests/test_0.py, tests/test_1.py, tests/test_2.py and 2 more "
            "(ImportError: no x)",
            id="files that cannot be collected",
        ),
    ],
)  # fmt: skip
def test_suite_checks__one_finding__is_one_check(suite: Suite, name: str, status: Status, said: str) -> None:
    check = _only(suite)
    assert (check.name, check.status, check.said) == (name, status, said)


def test_suite_checks__stage_on_the_list_without_tests__is_a_warning() -> None:
    checks = suite_checks(found(a_found("a")), CONTEXT, (Stage.UNIT, Stage.INTEGRATION))
    assert [(check.name, check.status) for check in checks] == [
        ("stage unit", Status.OK),
        ("stage integration", Status.WARNING),
    ]


@pytest.mark.parametrize(
    ("one", "other", "status", "said"),
    [
        pytest.param("ab", "ba", Status.OK, "the same", id="another order"),
        pytest.param("ab", "ac", Status.PROBLEM, "1 id differs between two collections: tests/test_a.py::b", id="one"),
        pytest.param("a", "abc", Status.PROBLEM, "2 ids differ", id="more in the second"),
    ],
)
def test_id_check__two_collections__differ_or_not(one: str, other: str, status: Status, said: str) -> None:
    check = id_check(found(*map(a_found, one)), found(*map(a_found, other)))
    assert (check.status, said in check.said, bool(check.advice)) == (status, True, status is not Status.OK)


def test_words__numbers_and_names__read_well() -> None:
    assert (counted(1, "id"), counted(0, "id"), named("abc"), named("abcd")) == (
        "1 id", "0 ids", "a, b, c", "a, b, c and 1 more",
    )  # fmt: skip
