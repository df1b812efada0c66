"""Declared replacements, held against what is known of both sides."""

from __future__ import annotations

import msgspec
import pytest

from builders import a_baseline, a_record, a_test, not_run, the_facts
from inspections import NO_DISK, a_loss, an_inspection, inspected, lines_of
from testkeep.model.comparison import Flaw
from testkeep.model.inspection import Inspection
from testkeep.model.production import Production
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import Facts
from testkeep.rules.choosing import origins_of
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.replacements import Situation, declarations, targets_by_name, verify

OLD = "tests/test_tax.py::test_refund"
NEW = "tests/test_new.py::test_refunds"
KEPT = "tests/test_tax.py::test_kept"
_SHARED = Production(covered=lines_of("app.py:2"), others=lines_of("app.py:2"))
_ALONE = Production(covered=lines_of("app.py:2"), others={})
_LOST = inspected(OLD, "app.py:2")


def by(*targets: str, test_id: str = NEW, did: str = "passed") -> RecordedTest:
    """Build a test of the head that declares to stand for others."""
    return a_test(test_id, did, replaces=targets)


def said(
    *head: RecordedTest,
    lost: tuple[str, ...] = (OLD,),
    base: tuple[RecordedTest, ...] = (),
    known: dict[str, str] | None = None,
    origins: dict[str, str] | None = None,
    environments: dict[str, tuple[str, ...]] | None = None,
    unfit: tuple[str, ...] = (),
    spent: dict[str, str] | None = None,
    inspection: Inspection | None = None,
    facts: Facts | None = None,
) -> dict[str, str]:
    """What is said of each target: the tests that stand for it, or why a declaration of it is refused."""
    seen = inspection or an_inspection(
        base=[inspected(test_id, "app.py:2") for test_id in lost],
        head=[inspected(test.item.id, "app.py:2") for test in head],
        production=_ALONE,
    )
    facts = facts or the_facts(a_record(*head), baseline=a_baseline(a_record(*base)), inspection=seen)
    tests = HeadTests.of(facts)
    case = Situation(
        head=tests,
        inspection=facts.inspection,
        lost={test_id: a_loss(test_id) for test_id in lost},
        origins=origins or {},
        known=known or {},
        environments=environments or {},
        settled=set(unfit),
        spent=spent or {},
    )
    replaced, refused = verify(case, declarations(tests, facts, origins or {}))
    assert len({one.target for one in refused}) == len(refused), "said more than once"
    reasons = {
        one.target: f"{one.flaw}: {one.why}{f' [{one.help}]' if one.flaw is Flaw.NOT_LOST else ''}" for one in refused
    }
    return {one.lost: " ".join(one.by) for one in replaced} | reasons


REMOVE = "[Remove the mark, or name a test that this change loses.]"


def test_verify__good_replacement__stands_for_its_target() -> None:
    assert said(by(OLD)) == {OLD: NEW}


def test_verify__nothing_declared__says_nothing() -> None:
    assert said(a_test(NEW)) == {}


# Does it guard? ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "why"),
    [
        pytest.param(by(OLD, did="skipped"), "it was skipped", id="skipped"),
        pytest.param(by(OLD, did="failed"), "it failed", id="failed"),
        pytest.param(by(OLD, did="error"), "it could not be set up", id="error"),
        pytest.param(by(OLD, did="xfailed"), "it failed, as its xfail mark expects", id="xfailed"),
        pytest.param(by(OLD, did="xpassed"), "it is marked xfail", id="xpassed"),
        pytest.param(
            msgspec.structs.replace(not_run(NEW), item=by(OLD).item), "it was not run", id="not run"
        ),
        pytest.param(
            a_test(NEW, started=False, replaces=(OLD,)),
            "it is reported as passed, but its own code did not start",
            id="forged",
        ),
    ],
)  # fmt: skip
def test_verify__it_does_not_guard__is_refused(test: RecordedTest, why: str) -> None:
    assert said(test) == {OLD: f"does not guard: {why}, so it does not guard"}


ON_311, ON_312 = "Python 3.11 on linux", "Python 3.12 on linux"


@pytest.mark.parametrize(
    ("second", "wanted", "holds"),
    [
        pytest.param(by(OLD), (ON_311, ON_312), True, id="guards in both"),
        pytest.param(by(OLD, did="skipped"), (ON_311, ON_312), False, id="skipped in the second"),
        pytest.param(None, (ON_311, ON_312), False, id="missing in the second"),
        pytest.param(by(OLD, did="skipped"), (ON_311,), True, id="boundary: the lost test guarded in the first only"),
    ],
)
def test_verify__two_environments__must_guard_where_the_lost_test_did(
    second: RecordedTest | None, wanted: tuple[str, ...], holds: bool
) -> None:
    facts = the_facts(
        a_record(by(OLD)),
        a_record(*[second] if second else [], python="3.12.1"),
        inspection=an_inspection(base=[_LOST], head=[inspected(NEW, "app.py:2")], production=_ALONE),
    )
    assert (said(facts=facts, environments={OLD: wanted}) == {OLD: NEW}) is holds


# Is it there, and can it fail? -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        pytest.param(
            inspected(NEW, "app.py:2", asserted=0),
            "cannot fail: it asserts nothing that could be false",
            id="no assertion",
        ),
        pytest.param(
            inspected(NEW, "app.py:2", asserted=0, vacuous=2, broken=1, unspecific=1),
            "cannot fail: it asserts nothing that could be false (assertions: 2 always true, 1 failed and "
            "swallowed, 1 satisfied by any exception)",
            id="assertions that are none",
        ),
        pytest.param(inspected(NEW, "app.py:2", asserted=1, vacuous=9), "", id="boundary: one that could be false"),
        pytest.param(
            inspected(NEW, "app.py:2", asserted=3, own=0),
            "cannot fail: it asserts nothing that could be false; only helpers that it calls assert something",
            id="only helpers assert",
        ),
        pytest.param(
            inspected(NEW, "app.py:2", did="failed"),
            "does not cover: it could not be inspected: no disk",
            id="missing evidence: failed while it was watched",
        ),
        pytest.param(
            a_test(NEW), "does not cover: it could not be inspected: no disk", id="missing evidence: not watched"
        ),
        pytest.param(
            inspected("t.py::test_x"),
            "does not cover: it could not be inspected: no disk",
            id="missing evidence: not found again",
        ),
    ],
)
def test_verify__strength__table(seen: RecordedTest, reason: str) -> None:
    inspection = an_inspection(base=[_LOST], head=[seen], production=_ALONE, not_compared=(NO_DISK,))
    assert said(by(OLD), inspection=inspection) == {OLD: reason or NEW}


# Is it new? --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "holds"),
    [
        pytest.param(inspected(KEPT), inspected(KEPT, "app.py:2"), False, id="as it was"),
        pytest.param(inspected(KEPT), inspected(KEPT, "app.py:2", asserted=2), True, id="asserts more"),
        pytest.param(
            inspected(KEPT, asserted=2, places=1),
            inspected(KEPT, "app.py:2", asserted=2, places=2),
            True,
            id="asserts at more places",
        ),
        pytest.param(inspected(KEPT, asserted=2), inspected(KEPT, "app.py:2", asserted=1), False, id="asserts less"),
        pytest.param(
            a_test(KEPT), inspected(KEPT, "app.py:2", asserted=9), False, id="missing evidence: an old recorder"
        ),
        pytest.param(
            inspected(KEPT, did="failed"),
            inspected(KEPT, "app.py:2", asserted=9),
            False,
            id="missing evidence: failed when run again",
        ),
    ],
)
def test_verify__test_of_the_base__must_be_stronger(before: RecordedTest, now: RecordedTest, holds: bool) -> None:
    inspection = an_inspection(base=[_LOST, before], head=[now], production=_ALONE)
    found = said(by(OLD, test_id=KEPT), origins={KEPT: KEPT}, inspection=inspection)
    weak = "not new: it guarded at the base already, and asserts no more than it did there"
    assert found == {OLD: KEPT if holds else weak}


@pytest.mark.parametrize(
    ("checks", "holds"),
    [pytest.param("a a", False, id="the same once more"), pytest.param("a b", True, id="another one")],
)
def test_verify__test_of_the_base_with_an_assertion_more__must_assert_something_new(checks: str, holds: bool) -> None:
    inspection = an_inspection(
        base=[_LOST, inspected(KEPT)],
        head=[inspected(KEPT, "app.py:2", asserted=2)],
        base_checks={KEPT: "a"},
        head_checks={KEPT: checks},
        production=_ALONE,
    )
    found = said(by(OLD, test_id=KEPT), origins={KEPT: KEPT}, inspection=inspection)
    assert (found == {OLD: KEPT}) is holds


def test_verify__old_test_under_a_new_name__is_not_new() -> None:
    inspection = an_inspection(base=[_LOST, inspected(KEPT)], head=[inspected(NEW, "app.py:2")], production=_ALONE)
    found = said(by(OLD), origins={NEW: KEPT}, inspection=inspection)
    assert found == {OLD: f"not new: it was {KEPT} at the base, and asserts no more than it did there"}


def test_verify__test_that_stands_for_another_with_all_of_it__is_not_new() -> None:
    why = f"all that it asserts is what {KEPT} asserted, for which it stands already"
    assert said(by(OLD), spent={NEW: KEPT}) == {OLD: f"not new: {why}"}


def test_verify__mark_on_a_file_with_old_tests__is_held_by_the_new_one() -> None:
    old = "tests/test_new.py::test_old"
    head = by(OLD, test_id=old), by(OLD)
    inspection = an_inspection(
        base=[_LOST, inspected(old)], head=[inspected(old), inspected(NEW, "app.py:2")], production=_ALONE
    )
    assert said(*head, origins={old: old}, inspection=inspection) == {OLD: NEW}


# Does it cover it? -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ran", "production", "reason"),
    [
        pytest.param("app.py:2", _ALONE, "", id="it runs what only the lost test ran"),
        pytest.param("app.py:3", _ALONE, "the lost test ran app.py:2, and it does not", id="it does not"),
        pytest.param("app.py:3", _SHARED, "", id="others ran it as well, and still do"),
        pytest.param(
            "app.py:3",
            Production(covered=lines_of("app.py:2")),
            "the lost test ran app.py:2, and it does not",
            id="missing evidence: what others ran",
        ),
        pytest.param(
            "app.py:3",
            Production(others=lines_of("app.py:2")),
            "the lost test ran app.py:2, and it does not",
            id="missing evidence: what is covered",
        ),
    ],
)
def test_verify__coverage__table(ran: str, production: Production, reason: str) -> None:
    inspection = an_inspection(base=[_LOST], head=[inspected(NEW, ran)], production=production)
    assert said(by(OLD), inspection=inspection) == {OLD: f"does not cover: {reason}" if reason else NEW}


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param([], id="not found"),
        pytest.param([inspected(OLD, did="skipped")], id="skipped"),
        pytest.param([a_test(OLD)], id="by an old recorder"),
    ],
)
def test_verify__lost_test_that_was_not_watched__cannot_be_covered(seen: list[RecordedTest]) -> None:
    inspection = an_inspection(base=seen, head=[inspected(NEW, "app.py:2")], production=_ALONE)
    assert said(by(OLD), inspection=inspection) == {
        OLD: "does not cover: the lost test could not be inspected at the base"
    }


def test_verify__two_for_one__cover_it_together() -> None:
    second = "tests/test_new.py::test_second"
    head = by(OLD), by(OLD, test_id=second)
    inspection = an_inspection(
        base=[inspected(OLD, "app.py:2-3")], head=[inspected(NEW, "app.py:2"), inspected(second, "app.py:3")],
        production=_ALONE,
    )  # fmt: skip
    assert said(*head, inspection=inspection) == {OLD: f"{NEW} {second}"}
    gap = msgspec.structs.replace(_ALONE, others=None)
    inspection = an_inspection(
        base=[inspected(OLD, "app.py:2-30")], head=[inspected(NEW, "app.py:2,"[:-1]), inspected(second, "app.py:3")],
        production=gap,
    )  # fmt: skip
    assert said(*head, inspection=inspection) == {
        OLD: "does not cover: the lost test ran app.py:4-30, and the 2 tests declared for it do not"
    }


def test_verify__many_gaps__are_counted() -> None:
    places = [f"app.py:{line}" for line in range(2, 24, 2)]
    inspection = an_inspection(base=[inspected(OLD, *places)], head=[inspected(NEW)], production=_ALONE)
    assert said(by(OLD), inspection=inspection)[OLD].endswith("app.py:14, app.py:16 and 3 more, and it does not")


# Which test does it name? ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lost", "target", "expected"),
    [
        pytest.param((f"{OLD}[1]", f"{OLD}[2]"), OLD, {f"{OLD}[1]": NEW, f"{OLD}[2]": NEW}, id="all parameter sets"),
        pytest.param((f"{OLD}[1]", f"{OLD}[2]"), f"{OLD}[2]", {f"{OLD}[2]": NEW}, id="one parameter set"),
        pytest.param((f"{OLD}[a::b-é]",), f"{OLD}[a::b-é]", {f"{OLD}[a::b-é]": NEW}, id="odd parameters"),
        pytest.param(
            ("t[1].py::test_x[2]",), "t[1].py::test_x", {"t[1].py::test_x[2]": NEW}, id="brackets in the file"
        ),
    ],
)
def test_verify__target__is_an_id_or_a_function(lost: tuple[str, ...], target: str, expected: dict[str, str]) -> None:
    assert said(by(target), lost=lost) == expected


def test_targets_by_name__test_with_and_without_parameters__are_both_meant() -> None:
    assert targets_by_name(["t.py::x", "t.py::x[1]"]) == {
        "t.py": ["t.py::x", "t.py::x[1]"],
        "t.py::x": ["t.py::x", "t.py::x[1]"],
        "t.py::x[1]": ["t.py::x[1]"],
    }


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        pytest.param(NEW, f"it names itself {REMOVE}", id="itself"),
        pytest.param(KEPT, f"that test still guards {REMOVE}", id="a test that still guards"),
        pytest.param("tests/test_tax.py::test_rate", f"that test fails {REMOVE}",
                     id="a function with parameters that is not lost"),
        pytest.param("tests/test_b.py", "that is not a test id, and no file with a test that guarded at the base "
                     f"{REMOVE}", id="a file"),
        pytest.param("tests/test_rates.py", f"that test fails {REMOVE}", id="a file of which nothing is lost"),
        pytest.param("tests/test_rates.py::TestA", f"that test fails {REMOVE}", id="a class of which nothing is lost"),
        pytest.param(OLD.replace("refund", "refnud"), "no test of that id was there at the base "
                     f"[Did you mean {OLD}?]", id="a typo"),
        pytest.param("tests/test_tax.py::test_keptt", "no test of that id was there at the base "
                     f"[Did you mean {KEPT}?]", id="a typo in the name of a test that still guards"),
        pytest.param("t.py::test_unheard", f"no test of that id was there at the base {REMOVE}", id="nobody knows it"),
        pytest.param("", f"it names nothing {REMOVE}", id="nothing"),
    ],
)  # fmt: skip
def test_verify__target_that_is_not_lost__is_an_error(target: str, reason: str) -> None:
    known = {
        KEPT: "still guards",
        "tests/test_tax.py::test_rate[1]": "fails",
        "tests/test_rates.py::TestA::test_b": "fails",
    }
    assert said(by(target), known=known) == {target: f"not lost: {reason}"}


def test_verify__kept_test_that_names_itself__is_an_error() -> None:
    assert said(by(KEPT, test_id=KEPT), origins={KEPT: KEPT}) == {KEPT: f"not lost: it names itself {REMOVE}"}


def test_verify__two_that_name_one_another__are_errors() -> None:
    second = "tests/test_new.py::test_second"
    assert said(by(second), by(NEW, test_id=second)) == {
        second: f"not lost: no test of that id was there at the base {REMOVE}",
        NEW: f"not lost: no test of that id was there at the base {REMOVE}",
    }


def test_verify__test_that_was_given_parameters__may_name_what_it_was() -> None:
    assert said(by(OLD, test_id=f"{OLD}[1]"), by(OLD, test_id=f"{OLD}[2]")) == {OLD: f"{OLD}[1] {OLD}[2]"}


@pytest.mark.parametrize("target", [OLD, f"{OLD}[1]"])
def test_verify__test_that_was_found_to_be_its_target__needs_no_declaration(target: str) -> None:
    assert said(by(target), lost=(), origins={NEW: f"{OLD}[1]"}) == {}


def test_verify__target_that_cannot_be_judged_here__is_not_the_authors_fault() -> None:
    assert said(by(OLD), lost=(), known={OLD: "did not guard at the base"}, unfit=(OLD,)) == {}


def test_verify__target_named_twice__counts_once() -> None:
    assert said(by(OLD, OLD, f"{OLD}[1]"), lost=(f"{OLD}[1]",)) == {f"{OLD}[1]": NEW}


# History -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "origins", "expected"),
    [
        pytest.param((), {}, [(NEW, OLD)], id="made by this change"),
        pytest.param((by(OLD),), {NEW: NEW}, [], id="merged earlier"),
        pytest.param((by(OLD, test_id=KEPT),), {NEW: KEPT}, [], id="merged earlier, its test was renamed"),
        pytest.param((by(OLD, test_id=KEPT),), {}, [], id="merged earlier, its test was written anew"),
        pytest.param((by(KEPT),), {NEW: NEW}, [(NEW, OLD)], id="merged earlier for another target"),
    ],
)
def test_declarations__history__is_left_alone(
    base: tuple[RecordedTest, ...], origins: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    facts = the_facts(a_record(by(OLD)), baseline=a_baseline(a_record(*base)))
    found = declarations(HeadTests.of(facts), facts, origins)
    assert [(one.test.item.id, one.target) for one in found] == expected


def test_verify__two_thousand_declarations__are_verified_in_seconds() -> None:
    lost = tuple(f"tests/test_old.py::test_{number}" for number in range(2000))
    head = [by(target, test_id=target.replace("old", "new")) for target in lost]
    assert said(*head, lost=lost) == {target: target.replace("old", "new") for target in lost}


def test_origins_of__kept_and_moved_tests__are_what_they_were() -> None:
    facts = the_facts(a_record(a_test(KEPT)), baseline=a_baseline(a_record(a_test(KEPT))))
    assert origins_of(facts) == {KEPT: KEPT}


def test_verify__assertions_in_a_helper_that_is_named_like_one__are_its_own() -> None:
    inspection = an_inspection(
        base=[_LOST], head=[inspected(NEW, "app.py:2", own=0)], head_checks={NEW: "check_total"}, production=_ALONE
    )
    assert said(by(OLD), inspection=inspection) == {OLD: NEW}


_IN_CLASS = ("tests/test_old.py::TestA::test_a", "tests/test_old.py::TestA::test_b[1]", "tests/test_old.py::test_c")
_FILE, _CLASS = "tests/test_old.py", "tests/test_old.py::TestA"


@pytest.mark.parametrize(
    ("target", "seen", "expected"),
    [
        pytest.param(_CLASS, inspected(NEW, "app.py:1-2"), [*_IN_CLASS[:2]], id="a class"),
        pytest.param(_FILE, inspected(NEW, "app.py:1-3"), [*_IN_CLASS], id="a file"),
        pytest.param(
            _FILE,
            inspected(NEW, "app.py:1"),
            "does not cover: the 3 lost tests ran app.py:2-3, and it does not",
            id="failing: a trivial test for a file",
        ),
        pytest.param(
            _FILE,
            inspected(NEW, "app.py:1-3", asserted=0),
            "cannot fail: it asserts nothing that could be false",
            id="failing: one of them asserted",
        ),
        pytest.param(
            _FILE,
            inspected(NEW, "app.py:1-3", asserted=0, vacuous=2),
            "cannot fail: it asserts nothing that could be false (assertions: 2 always true)",
            id="failing: always true",
        ),
    ],
)
def test_verify__target_is_a_class_or_a_file__is_covered_wholly_or_not_at_all(
    target: str, seen: RecordedTest, expected: list[str] | str
) -> None:
    ran = [inspected(test_id, f"app.py:{line}", asserted=line - 1) for line, test_id in enumerate(_IN_CLASS, 1)]
    inspection = an_inspection(
        base=ran, head=[seen], production=Production(covered=lines_of("app.py:1-3"), others={}), hiding=()
    )
    found = said(by(target), lost=_IN_CLASS, inspection=inspection)
    assert found == ({target: expected} if isinstance(expected, str) else dict.fromkeys(expected, NEW))


def test_verify__class_in_part_and_the_rest_by_its_id__are_covered_together() -> None:
    second = "tests/test_new.py::test_second"
    inspection = an_inspection(
        base=[inspected(test_id, f"app.py:{line}") for line, test_id in enumerate(_IN_CLASS[:2], 1)],
        head=[inspected(NEW, "app.py:1"), inspected(second, "app.py:2")],
        production=Production(covered=lines_of("app.py:1-2"), others={}),
    )
    found = said(by(_CLASS), by(_IN_CLASS[1], test_id=second), lost=_IN_CLASS[:2], inspection=inspection)
    assert found == {_IN_CLASS[0]: NEW, _IN_CLASS[1]: f"{NEW} {second}"}


_SMOKE = inspected(OLD, "app.py:2", asserted=0)
_NO_ASSERTION = "cannot fail: it asserts nothing that could be false"


@pytest.mark.parametrize(
    ("before", "now", "hiding", "base_hiding", "reason"),
    [
        pytest.param(_SMOKE, inspected(NEW, "app.py:2", asserted=0), (), (), "", id="passing: it runs the same"),
        pytest.param(_SMOKE, inspected(NEW, "app.py:2", asserted=1), (), (), "", id="passing: it asserts more"),
        pytest.param(
            inspected(OLD, "app.py:2", asserted=2, own=0),
            inspected(NEW, "app.py:2", asserted=2, own=0),
            (),
            (),
            "",
            id="passing: helpers assert on both sides",
        ),
        pytest.param(
            _SMOKE,
            inspected(NEW, "app.py:3", asserted=0),
            (),
            (),
            "does not cover: the lost test ran app.py:2, and it does not",
            id="failing: others run its lines, and it does not itself",
        ),
        pytest.param(
            _SMOKE,
            inspected(NEW, "app.py:2", asserted=0),
            (NEW,),
            (),
            "cannot fail: it asserts nothing, and could swallow what the lost test would have failed by",
            id="failing: it swallows what it raises",
        ),
        pytest.param(
            _SMOKE, inspected(NEW, "app.py:2", asserted=0), (NEW,), (OLD,), "", id="boundary: so did the lost test"
        ),
        pytest.param(
            inspected(OLD, asserted=0),
            inspected(NEW, asserted=0),
            (),
            (),
            "cannot fail: the lost test asserted nothing and ran no production code, so nothing can be compared",
            id="missing evidence: there is nothing to compare",
        ),
        pytest.param(
            inspected(OLD, "app.py:2"),
            inspected(NEW, "app.py:2", asserted=0),
            (),
            (),
            _NO_ASSERTION,
            id="failing: the lost test asserted",
        ),
        pytest.param(
            a_test(OLD),
            inspected(NEW, "app.py:2", asserted=0),
            (),
            (),
            _NO_ASSERTION,
            id="missing evidence: not watched",
        ),
    ],
)
def test_verify__lost_test_asserted_nothing__replacement_need_not_be_stronger(
    before: RecordedTest, now: RecordedTest, hiding: tuple[str, ...], base_hiding: tuple[str, ...], reason: str
) -> None:
    inspection = an_inspection(base=[before], head=[now], production=_SHARED, hiding=hiding, base_hiding=base_hiding)
    assert said(by(OLD), inspection=inspection) == {OLD: reason or NEW}


def test_verify__mark_on_smoke_test_for_a_function__is_judged_with_all_its_rows() -> None:
    rows = (f"{OLD}[1]", f"{OLD}[2]")
    inspection = an_inspection(
        base=[inspected(rows[0], "app.py:2", asserted=0), inspected(rows[1], "app.py:2")],
        head=[inspected(NEW, "app.py:2", asserted=0)],
        production=_SHARED,
    )
    assert said(by(OLD), lost=rows, inspection=inspection) == {OLD: _NO_ASSERTION}
