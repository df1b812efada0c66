"""What became of the tests that guarded at the base commit."""

from __future__ import annotations

import pytest

from builders import (
    A_TEST,
    FILE,
    a_baseline,
    a_record,
    a_source,
    a_static_record,
    a_suite,
    a_test,
    cut_off,
    not_run,
    the_facts,
)
from testkeep.model.comparison import Comparison, Loss, LostTest
from testkeep.model.evidence import CollectorReport, Evidence, Suite, Unfinished
from testkeep.model.policy import Policy
from testkeep.model.source import FileSource, FunctionSource
from testkeep.model.stage import Stage
from testkeep.model.tests import RecordedTest, Selection
from testkeep.rules.base import Baseline

_GUARD = a_test()
_BASELINE = a_baseline(a_record(_GUARD))


def _compare(
    *records: Evidence,
    baseline: Baseline | None = _BASELINE,
    stages: tuple[Stage, ...] = (Stage.UNIT,),
    project: str = "",
    unfinished: tuple[Unfinished, ...] = (),
    head_sources: dict[str, FileSource | None] | None = None,
    policy: Policy | None = None,
) -> Comparison:
    return the_facts(
        *records,
        baseline=baseline,
        stages=stages,
        project=project,
        unfinished=unfinished,
        head_sources=head_sources,
        policy=policy,
    ).comparison


def _lost(how: Loss, why: str, path: str = FILE, line: int = 0, base: RecordedTest = _GUARD) -> Comparison:
    return Comparison(lost=(LostTest(base=base, how=how, why=why, path=path, line=line),), obstacle="")


# Obstacles --------------------------------------------------------------------------------------------------------

_BROKEN = CollectorReport(id=FILE, outcome="failed", reason="ImportError")


@pytest.mark.parametrize(
    ("comparison", "obstacle"),
    [
        pytest.param(
            _compare(a_record(_GUARD), baseline=None), "no baseline was asked for (--base none)", id="no baseline"
        ),
        pytest.param(
            _compare(a_record(_GUARD), baseline=a_baseline(problem="its run of unit did not finish")),
            "the baseline is unavailable: its run of unit did not finish",
            id="baseline with a problem",
        ),
        pytest.param(
            _compare(a_static_record(), stages=(Stage.LINT,)), "no test stage was asked for", id="only static stages"
        ),
        pytest.param(
            _compare(a_record(_GUARD), stages=(Stage.UNIT, Stage.INTEGRATION, Stage.E2E)),
            "there is no complete evidence of integration, e2e",
            id="stages without evidence",
        ),
        pytest.param(
            _compare(a_static_record(job="unit")),
            "there is no complete evidence of unit",
            id="a record without a test run",
        ),
        pytest.param(
            _compare(a_record(_GUARD), unfinished=(cut_off(), cut_off("integration"))),
            "the run of unit did not finish",
            id="one of the stage's jobs was cut off",
        ),
        pytest.param(
            _compare(a_record(suite=a_suite(collectors=(_BROKEN,)))),
            "the run of unit is not valid",
            id="a file could not be collected",
        ),
        pytest.param(
            _compare(a_record(suite=a_suite(_GUARD, optimize=1))),
            "the run of unit is not valid",
            id="assertions were off",
        ),
        pytest.param(
            _compare(
                a_record(suite=a_suite(_GUARD, exit_status=3)),
                a_record(_GUARD, job="integration"),
                a_record(suite=a_suite(_GUARD, exit_status=3), job="e2e"),
            ),
            "the run of unit, e2e is not valid",
            id="several runs broke off",
        ),
    ],
)
def test_compare__obstacle__is_named_and_nothing_is_compared(comparison: Comparison, obstacle: str) -> None:
    assert comparison == Comparison(obstacle=obstacle)


# Kept and failing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(a_test(), Comparison(kept=(A_TEST,), obstacle=""), id="passed"),
        pytest.param(a_test(started=None), Comparison(kept=(A_TEST,), obstacle=""), id="passed, start unknown"),
        pytest.param(a_test(did="failed"), Comparison(failing=(A_TEST,), obstacle=""), id="failed"),
        pytest.param(a_test(did="error"), Comparison(failing=(A_TEST,), obstacle=""), id="error"),
        pytest.param(
            a_test(did="error in teardown"), Comparison(failing=(A_TEST,), obstacle=""), id="error in tear-down"
        ),
        pytest.param(a_test(did="unexpected pass"), Comparison(failing=(A_TEST,), obstacle=""), id="strict xfail"),
        pytest.param(a_test(started=False), Comparison(failing=(A_TEST,), obstacle=""), id="forged"),
    ],
)
def test_compare__test_that_ran__is_kept_or_failing(now: RecordedTest, expected: Comparison) -> None:
    assert _compare(a_record(now)) == expected


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(a_test(did="failed"), id="failed"),
        pytest.param(a_test(did="skipped"), id="skipped"),
        pytest.param(a_test(did="xpassed"), id="xpassed"),
        pytest.param(a_test(started=False), id="forged"),
        pytest.param(not_run(), id="not run"),
        pytest.param(a_test(stage=Stage.E2E), id="of a stage that was not asked for"),
    ],
)
def test_compare__test_that_did_not_guard_at_the_base__does_not_count(before: RecordedTest) -> None:
    baseline = a_baseline(a_record(before), a_static_record())
    assert _compare(a_record(), baseline=baseline) == Comparison(obstacle="")


# Lost, and still collected ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "project", "expected"),
    [
        pytest.param(
            a_test(did="skipped", why="broken", at=f"{FILE}:7"),
            "",
            _lost(Loss.SKIPPED, '"broken"', line=7),
            id="skipped",
        ),
        pytest.param(
            a_test(did="skipped in call", why="later", at=f"{FILE}:8"),
            "",
            _lost(Loss.SKIPPED, '"later"', line=8),
            id="skipped by its own body",
        ),
        pytest.param(a_test(did="skipped"), "", _lost(Loss.SKIPPED, "", line=5), id="skipped without reason and place"),
        pytest.param(
            a_test(did="skipped", why="no db", at="tests/conftest.py:3", path=f"shop/{FILE}"),
            "shop",
            _lost(Loss.SKIPPED, '"no db"', path="shop/tests/conftest.py", line=3),
            id="skipped by a fixture, in a project below the root",
        ),
        pytest.param(
            a_test(did="skipped", why="off", at="/usr/lib/python3/site-packages/_pytest/unittest.py:521"),
            "",
            _lost(Loss.SKIPPED, '"off"', line=5),
            id="skipped from outside of the project",
        ),
        pytest.param(
            a_test(did="skipped", why="off", at=".venv/lib/python3.11/site-packages/_pytest/unittest.py:521"),
            "",
            _lost(Loss.SKIPPED, '"off"', line=5),
            id="skipped from an environment inside of the project",
        ),
        pytest.param(
            a_test(did="xfailed", why="bug 3"),
            "",
            _lost(Loss.XFAILED, 'it fails as expected: "bug 3"', line=5),
            id="xfailed",
        ),
        pytest.param(
            a_test(did="xfailed in setup"),
            "",
            _lost(Loss.XFAILED, "it fails as expected: no reason given", line=5),
            id="xfailed in set-up, without a reason",
        ),
        pytest.param(
            a_test(did="xpassed", why="bug 3"),
            "",
            _lost(Loss.XFAILED, "it still passes, but may fail from now on", line=5),
            id="xpassed",
        ),
        pytest.param(
            not_run(how=Selection.DESELECTED, by="-k 'not add'"),
            "",
            _lost(Loss.DESELECTED, "deselected by -k 'not add'", line=5),
            id="deselected",
        ),
        pytest.param(
            not_run(how=Selection.DESELECTED),
            "",
            _lost(Loss.DESELECTED, "deselected by a plugin", line=5),
            id="deselected by nobody known",
        ),
        pytest.param(
            not_run(how=Selection.DROPPED),
            "",
            _lost(Loss.DESELECTED, "a hook took it out of the list of tests and told nobody", line=5),
            id="dropped",
        ),
        pytest.param(
            not_run(how=Selection.LEFT_OUT, by="mark slow"),
            "",
            _lost(Loss.DESELECTED, "left out by the policy: mark slow", line=5),
            id="left out",
        ),
    ],
)
def test_compare__collected_test_that_does_not_guard__is_lost(
    now: RecordedTest, project: str, expected: Comparison
) -> None:
    assert _compare(a_record(now), project=project) == expected


def _defined(body: str, shadows: int = 0) -> dict[str, FileSource | None]:
    name = A_TEST.rpartition("::")[2]
    return {FILE: {name: FunctionSource(name=name, line=9, body=body, shadows=shadows)}}


@pytest.mark.parametrize(
    ("base", "head", "is_kept"),
    [
        pytest.param(_defined("old"), _defined("new", 2), False, id="failing: another body"),
        pytest.param(_defined("old"), _defined("old", 2), True, id="passing: it was copied"),
        pytest.param(_defined("old"), _defined("new"), True, id="passing: it was edited"),
        pytest.param(_defined("old", 2), _defined("new", 2), True, id="boundary: one was hidden at the base"),
        pytest.param({}, _defined("new", 2), True, id="missing evidence: the base's source"),
        pytest.param(_defined("old"), {}, True, id="missing evidence: the head's source"),
    ],
)
def test_compare__second_definition_of_a_name__loses_the_first(
    base: dict[str, FileSource | None], head: dict[str, FileSource | None], is_kept: bool
) -> None:
    facts = the_facts(a_record(_GUARD), baseline=_BASELINE, base_sources=base, head_sources=head)
    lost = _lost(Loss.NOT_COLLECTED, "a second definition in line 9 hides the one in line 2", line=2)
    assert facts.comparison == (Comparison(kept=(A_TEST,), obstacle="") if is_kept else lost)


def test_compare__second_definition_of_a_class__loses_its_tests() -> None:
    test_id = f"{FILE}::TestA::test_x"
    guard = a_record(a_test(test_id))
    base, head = (
        {FILE: {name: FunctionSource(name=name, line=9, body=body, shadows=hidden) for name, body, hidden in sides}}
        for sides in (
            [("TestA", "", 0), ("TestA.test_x", "old", 0)],
            [("TestA", "", 2), ("TestA.test_x", "new", 0)],
        )
    )
    facts = the_facts(guard, baseline=a_baseline(guard), base_sources=base, head_sources=head)
    (lost,) = facts.comparison.lost
    assert (lost.id, lost.why) == (test_id, "a second definition in line 9 hides the one in line 2")


def test_compare__session_that_stopped_early__loses_what_it_did_not_come_to() -> None:
    head = a_record(a_test("tests/unit/test_a.py::test_a", "failed"), not_run())
    assert _compare(head) == _lost(Loss.DESELECTED, "the session did not come to it", line=5)


# Lost, and not collected ------------------------------------------------------------------------------------------

_HERE = {FILE: a_source("test_add")}


def _skipped_whole(id_: str, path: str = "tests/unit/redis.py") -> CollectorReport:
    return CollectorReport(id=id_, outcome="skipped", reason="no redis", path=path, line=2)


@pytest.mark.parametrize(
    ("suite", "head_sources", "expected"),
    [
        pytest.param(a_suite(), {FILE: None}, _lost(Loss.REMOVED, f"the file {FILE} is gone"), id="file gone"),
        pytest.param(
            a_suite(collectors=(_skipped_whole(FILE),), ignored=(FILE,)),
            {FILE: None},
            _lost(Loss.REMOVED, f"the file {FILE} is gone"),
            id="file gone, whatever else is known of it",
        ),
        pytest.param(
            a_suite(),
            {FILE: a_source("test_sub", "TestCart.test_add")},
            _lost(Loss.REMOVED, f"its function is not in {FILE} any more"),
            id="function gone",
        ),
        pytest.param(
            a_suite(), _HERE, _lost(Loss.NOT_COLLECTED, f"its function is still in {FILE}"), id="source is present"
        ),
        pytest.param(
            a_suite(collectors=(_skipped_whole(FILE),)),
            _HERE,
            _lost(Loss.NOT_COLLECTED, f'{FILE} is skipped as a whole: "no redis"', path="tests/unit/redis.py", line=2),
            id="file skipped as a whole",
        ),
        pytest.param(
            a_suite(collectors=(_skipped_whole("tests/unit"),)),
            _HERE,
            _lost(
                Loss.NOT_COLLECTED, 'tests/unit is skipped as a whole: "no redis"', path="tests/unit/redis.py", line=2
            ),
            id="package skipped as a whole",
        ),
        pytest.param(
            a_suite(collectors=(_skipped_whole(FILE, path="/usr/lib/x.py"),)),
            _HERE,
            _lost(Loss.NOT_COLLECTED, f'{FILE} is skipped as a whole: "no redis"'),
            id="file skipped from outside of the project",
        ),
        pytest.param(
            a_suite(collectors=(_skipped_whole("tests/unit/test_car"),), ignored=("tests/unit/test_car",)),
            _HERE,
            _lost(Loss.NOT_COLLECTED, f"its function is still in {FILE}"),
            id="only a part of the name is skipped and ignored",
        ),
        pytest.param(
            a_suite(ignored=(FILE, "tests")), _HERE, _lost(Loss.NOT_COLLECTED, f"{FILE} is ignored"), id="file ignored"
        ),
        pytest.param(
            a_suite(ignored=("tests",)), _HERE, _lost(Loss.NOT_COLLECTED, "tests is ignored"), id="folder ignored"
        ),
    ],
)
def test_compare__absent_test__is_lost_for_a_reason(
    suite: Suite, head_sources: dict[str, FileSource | None], expected: Comparison
) -> None:
    assert _compare(a_record(suite=suite), head_sources=head_sources) == expected


@pytest.mark.parametrize(
    ("test_id", "head", "names", "how", "why"),
    [
        pytest.param(
            "tests/test_a.py::test_x[a::b]",
            a_test("tests/test_a.py::test_x[c]"),
            {"test_x"},
            Loss.REMOVED,
            "this set of parameters is gone",
            id="one set of parameters",
        ),
        pytest.param(
            "tests/test_a.py::TestPg::test_x[1]",
            a_test("tests/test_a.py::TestPg::test_x[2]"),
            {"TestPg"},
            Loss.REMOVED,
            "this set of parameters is gone",
            id="one set of parameters of an inherited test",
        ),
        pytest.param(
            "tests/test_a.py::TestA::test_x[1]",
            a_test("tests/test_a.py::test_y"),
            {"TestA", "TestA.test_x", "test_y"},
            Loss.NOT_COLLECTED,
            "its function is still in tests/test_a.py",
            id="a method with parameters",
        ),
        pytest.param(
            "tests/test_[a].py::test_x",
            a_test("tests/test_[a].py::test_y"),
            {"test_x"},
            Loss.NOT_COLLECTED,
            "its function is still in tests/test_[a].py",
            id="brackets in the file's name",
        ),
        pytest.param(
            "app/money.py::app.money.add",
            a_test("tests/test_a.py::test_y"),
            {"add"},
            Loss.REMOVED,
            "pytest finds no such doctest in app/money.py any more",
            id="a doctest",
        ),
    ],
)
def test_compare__absent_id_of_each_kind__is_explained(
    test_id: str, head: RecordedTest, names: set[str], how: Loss, why: str
) -> None:
    before, path = a_test(test_id), test_id.partition("::")[0]
    comparison = _compare(a_record(head), baseline=a_baseline(a_record(before)), head_sources={path: a_source(*names)})
    assert comparison == _lost(how, why, path=path, base=before)


def test_compare__skipped_class_inside_of_a_skipped_file__names_the_closest() -> None:
    before = a_test(f"{FILE}::TestCart::test_add")
    suite = a_suite(collectors=(_skipped_whole(FILE), _skipped_whole(f"{FILE}::TestCart")))
    comparison = _compare(
        a_record(suite=suite), baseline=a_baseline(a_record(before)), head_sources={FILE: a_source("TestCart")}
    )
    why = f'{FILE}::TestCart is skipped as a whole: "no redis"'
    assert comparison == _lost(Loss.NOT_COLLECTED, why, path="tests/unit/redis.py", line=2, base=before)


# Several stages and jobs ------------------------------------------------------------------------------------------


def _elsewhere(stage: Stage) -> Evidence:
    return a_record(suite=a_suite(elsewhere={stage: (A_TEST,)}))


def test_compare__partial_run__leaves_a_moved_test_to_its_new_stage() -> None:
    assert _compare(_elsewhere(Stage.INTEGRATION)) == Comparison(elsewhere=(A_TEST,), obstacle="")


def test_compare__test_in_a_stage_that_the_policy_does_not_run__is_lost() -> None:
    assert _compare(_elsewhere(Stage.E2E)) == _lost(Loss.DESELECTED, "it belongs to stage e2e, which is not run")


def test_compare__test_in_a_stage_that_ran_without_it__is_lost() -> None:
    stages = (Stage.UNIT, Stage.INTEGRATION)
    comparison = _compare(_elsewhere(Stage.INTEGRATION), a_record(job="integration"), stages=stages)
    assert comparison == _lost(Loss.DESELECTED, "it belongs to stage integration, which did not run it")


def test_compare__stage_that_has_nothing_to_do_any_more__loses_its_tests() -> None:
    comparison = _compare(a_static_record(job="unit", idle="no tests"), head_sources={FILE: None})
    assert comparison == _lost(Loss.REMOVED, f"the file {FILE} is gone")


def test_compare__full_run__finds_a_moved_test_in_its_new_stage() -> None:
    moved = a_record(a_test(stage=Stage.INTEGRATION), job="integration")
    comparison = _compare(_elsewhere(Stage.INTEGRATION), moved, stages=(Stage.UNIT, Stage.INTEGRATION))
    assert comparison == Comparison(kept=(A_TEST,), obstacle="")


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(a_test(), Comparison(kept=(A_TEST,), obstacle=""), id="guards in both"),
        pytest.param(
            a_test(did="skipped", why="3.13"), _lost(Loss.SKIPPED, '"3.13"', line=5), id="skipped in the second"
        ),
        pytest.param(a_test(did="failed"), Comparison(failing=(A_TEST,), obstacle=""), id="fails in the second"),
        pytest.param(
            not_run(how=Selection.DROPPED),
            _lost(Loss.DESELECTED, "a hook took it out of the list of tests and told nobody", line=5),
            id="not run in the second",
        ),
    ],
)
def test_compare__test_of_several_jobs__must_guard_in_all_of_them(second: RecordedTest, expected: Comparison) -> None:
    stages = (Stage.UNIT,)
    head = a_record(_GUARD, job="unit-311", stages=stages), a_record(second, job="unit-313", stages=stages)
    baseline = a_baseline(
        a_record(_GUARD, job="unit-311", stages=stages), a_record(_GUARD, job="unit-313", stages=stages)
    )
    assert _compare(*head, baseline=baseline) == expected


@pytest.mark.slow
def test_compare__fifty_thousand_tests__are_sorted_out() -> None:
    ids = [f"tests/unit/test_{number % 500}.py::test_{number}" for number in range(50_000)]
    before = a_record(*map(a_test, ids))
    gone = {f"tests/unit/test_{number}.py": None for number in range(500)}
    half = a_record(suite=a_suite(*map(a_test, ids[::2]), ignored=tuple(f"tests/x{n}" for n in range(2000))))
    comparison = _compare(half, baseline=a_baseline(before), head_sources=gone)
    assert comparison.kept == tuple(ids[::2])
    assert [loss.base.item.id for loss in comparison.lost] == ids[1::2]


# Several environments ---------------------------------------------------------------------------------------------

_MOVED = {"base_sources": {FILE: a_source(test_add="body")}, "head_sources": {FILE: a_source(test_sum="body")}}
_SUM = f"{FILE}::test_sum"


def _in(test: RecordedTest | None, python: str) -> Evidence:
    return a_record(*[test] if test else [], python=f"{python}.1")


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param({"3.11": _GUARD}, {"3.11": _GUARD, "3.12": a_test(did="skipped")}, "kept",
                     id="skipped where it never guarded"),
        pytest.param({"3.11": _GUARD, "3.12": _GUARD}, {"3.11": _GUARD, "3.12": a_test(did="skipped", why="3.12")},
                     'skipped: "3.12"', id="skipped where it guarded"),
        pytest.param({"3.11": _GUARD, "3.12": _GUARD}, {"3.11": _GUARD, "3.12": None},
                     "deselected: it was not run in every environment", id="missing where it guarded"),
        pytest.param({"3.11": _GUARD, "3.12": a_test(did="skipped")}, {"3.11": _GUARD, "3.12": None}, "kept",
                     id="boundary: missing where it was skipped"),
        pytest.param({"3.11": _GUARD, "3.12": _GUARD}, {"3.11": _GUARD},
                     "there is no evidence of Python 3.12 on linux, where the base's tests guarded",
                     id="missing evidence: an environment"),
        pytest.param({"3.11": _GUARD}, {"3.11": a_test(_SUM), "3.12": a_test(_SUM, "skipped")}, f"moved to {_SUM}",
                     id="renamed, and guards where it did"),
        pytest.param({"3.11": _GUARD, "3.12": _GUARD}, {"3.11": a_test(_SUM), "3.12": a_test(_SUM, "skipped")},
                     f"removed: its function is not in {FILE} any more", id="renamed, and does not guard in one"),
    ],
)  # fmt: skip
def test_compare__environments__a_test_must_guard_where_it_did(
    base: dict[str, RecordedTest | None], head: dict[str, RecordedTest | None], expected: str
) -> None:
    found = the_facts(
        *(_in(test, python) for python, test in head.items()),
        baseline=a_baseline(*(_in(test, python) for python, test in base.items())),
        **_MOVED,
    ).comparison
    said = [f"{loss.how}: {loss.why}" for loss in found.lost] + [f"moved to {one.by[0]}" for one in found.moved]
    assert said == ([] if expected == "kept" or found.obstacle else [expected])
    assert found.obstacle in ("", expected)


def test_compare__tests_of_other_environments__do_not_keep_a_renamed_one_from_being_found() -> None:
    """Another test guards on 3.11 as well; the renamed one only ever ran on 3.12."""
    other = a_test("tests/unit/test_b.py::test_b")
    found = the_facts(
        a_record(other),
        a_record(other, a_test(_SUM), python="3.12.1"),
        baseline=a_baseline(a_record(other), a_record(other, _GUARD, python="3.12.1")),
        **_MOVED,
    ).comparison
    assert ([one.by for one in found.moved], found.lost) == ([(_SUM,)], ())


def test_compare__one_new_test_and_lost_ones_of_two_environments__stands_for_one() -> None:
    bodies = {FILE: a_source(test_add="body", test_old="body")}
    found = the_facts(
        a_record(a_test(_SUM)),
        a_record(a_test(_SUM), python="3.12.1"),
        baseline=a_baseline(a_record(_GUARD, a_test(f"{FILE}::test_old")), a_record(_GUARD, python="3.12.1")),
        base_sources=bodies,
        head_sources=_MOVED["head_sources"],
    ).comparison
    assert [one.lost for one in found.moved] == [A_TEST]
    assert [loss.id for loss in found.lost] == [f"{FILE}::test_old"]


# Not collected, although its source is there ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head_sources", "imports", "how", "why"),
    [
        pytest.param(
            {FILE: a_source(check_add="body")},
            {},
            Loss.NOT_COLLECTED,
            f"its body is check_add in {FILE} now, which pytest does not collect",
            id="renamed out of collection",
        ),
        pytest.param(
            {FILE: None, "tests/cart.py": a_source(test_add="body")},
            {},
            Loss.NOT_COLLECTED,
            "its body is test_add in tests/cart.py now, which pytest does not collect",
            id="its file was renamed",
        ),
        pytest.param(
            {FILE: a_source("other")},
            {FILE: frozenset({"test_add"})},
            Loss.NOT_COLLECTED,
            f"its function is still in {FILE}",
            id="imported",
        ),
        pytest.param(
            {FILE: a_source("other")},
            {FILE: frozenset({"test"})},
            Loss.REMOVED,
            f"its function is not in {FILE} any more",
            id="boundary: something else is imported",
        ),
        pytest.param(
            {FILE: a_source(test_sum="body")},
            {},
            Loss.REMOVED,
            f"its function is not in {FILE} any more",
            id="boundary: its body is a test that was collected",
        ),
        pytest.param(
            {FILE: a_source(check_add="")},
            {},
            Loss.REMOVED,
            f"its function is not in {FILE} any more",
            id="boundary: bodies that cannot be read",
        ),
    ],
)
def test_compare__source_of_an_absent_test__is_looked_for(
    head_sources: dict[str, FileSource | None], imports: dict[str, frozenset[str]], how: Loss, why: str
) -> None:
    body = "" if "cannot" in why or a_source(check_add="") == head_sources.get(FILE) else "body"
    found = the_facts(
        a_record(a_test(_SUM, "skipped")),
        baseline=a_baseline(a_record(_GUARD)),
        base_sources={FILE: a_source(test_add=body)},
        head_sources=head_sources,
        head_imports=imports,
    ).comparison
    assert [(loss.how, loss.why) for loss in found.lost] == [(how, why)]


def test_compare__body_in_a_project_below_the_root__is_looked_for_by_its_whole_path() -> None:
    inside = f"shop/{FILE}"
    found = the_facts(
        a_record(a_test(_SUM, "skipped", path=inside)),
        baseline=a_baseline(a_record(a_test(path=inside))),
        project="shop",
        base_sources={inside: a_source(test_add="body")},
        head_sources={inside: a_source(test_sum="body", check_add="body")},
    ).comparison
    assert [loss.why for loss in found.lost] == [
        f"its body is check_add in {inside} now, which pytest does not collect"
    ]  # fmt: skip


def test_compare__doctest_whose_function_is_elsewhere__is_gone_with_its_examples() -> None:
    before = a_test("app/a.py::app.a.half")
    found = the_facts(
        a_record(a_test()),
        baseline=a_baseline(a_record(before)),
        base_sources={"app/a.py": a_source(half="body")},
        head_sources={"app/a.py": a_source(halve="body")},
    ).comparison
    assert [(loss.how, loss.why) for loss in found.lost] == [
        (Loss.REMOVED, "pytest finds no such doctest in app/a.py any more")
    ]  # fmt: skip


def test_compare__old_evidence_without_the_newer_fields__is_compared() -> None:
    base = a_test(params=None)
    assert the_facts(a_record(a_test(params={"n": "1"})), baseline=a_baseline(a_record(base))).comparison.kept == (
        A_TEST,
    )
