"""Lost tests are accounted for by what is proven, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asserting import a_record_of, asserting, says
from builders import a_baseline, a_record, a_source, a_test, cut_off, the_facts
from inspections import NO_DISK, a_history, an_inspection, inspected, lines_of
from testkeep.model.comparison import Candidate, Comparison, Flaw
from testkeep.model.evidence import Evidence
from testkeep.model.inspection import Inspection
from testkeep.model.production import Production
from testkeep.model.source import FunctionSource
from testkeep.model.tests import RecordedTest
from testkeep.rules.accounting import account
from testkeep.rules.base import Facts

T = "tests/unit/test_t.py::test_"
_COVERED = Production(covered=lines_of("app.py:1-10"), others={})


def accounted(
    base: str,
    *head: RecordedTest,
    inspection: Inspection | None = None,
    is_fresh: bool = False,
    records: tuple[Evidence, ...] = (),
) -> Comparison:
    """Account for tests of one file, which are called by one letter each."""
    baseline = a_baseline(a_record(*(a_test(f"{T}{name}") for name in base.split())), is_fresh=is_fresh)
    return account(the_facts(*(records or (a_record(*head),)), baseline=baseline, inspection=inspection))


def summary(comparison: Comparison) -> dict[str, str]:
    """What became of each test that is not kept."""
    found = {one.lost: f"moved {' '.join(one.by)}" for one in comparison.moved}
    found |= {one.lost: f"replaced {' '.join(one.by)}" for one in comparison.replaced}
    found |= {one.test: "retired" for one in comparison.retired}
    found |= {one.base.item.id: "unfit" for one in comparison.unfit}
    found |= dict.fromkeys(comparison.failing, "failing")
    found |= {loss.id: "lost" for loss in comparison.lost}
    return {test_id.removeprefix(T): said.replace(T, "") for test_id, said in found.items()}


def ids(words: dict[str, str]) -> dict[str, str]:
    return {f"{T}{name}": said for name, said in words.items()}


def like(likeness: float, *names: str, then: float | None = None) -> tuple[Candidate, ...]:
    """Build candidates: the first so alike, the others like ``then``."""
    return tuple(
        Candidate(test=f"{T}{name}", likeness=likeness if number == 0 or then is None else then)
        for number, name in enumerate(names)
    )


def a_rewrite(
    *,
    alike: tuple[Candidate, ...] = like(0.8, "n"),
    before: RecordedTest | None = None,
    now: RecordedTest | None = None,
    texts: tuple[str, str] = ("sum", "sum tax"),
) -> Inspection:
    """Build what is known of a test that was renamed and edited: the digests of its checks are others."""
    inspection = an_inspection(
        base=[before or inspected(f"{T}a", "app.py:2")],
        head=[now or inspected(f"{T}n", "app.py:2")],
        base_checks={f"{T}a": texts[0]},
        head_checks={f"{T}n": texts[1]},
        candidates={f"{T}a": alike},
        production=_COVERED,
    )
    salted = {
        test_id: tuple(type(one)(digest=f"other {one.digest}", text=one.text) for one in checks)
        for test_id, checks in inspection.head_checks.items()
    }
    return replace(inspection, head_checks=salted)


NEW = a_test(f"{T}n")


def test_account__obstacle__is_left_alone() -> None:
    facts = the_facts(a_record(NEW), baseline=a_baseline(a_record(a_test(f"{T}a"))), unfinished=(cut_off(),))
    assert account(facts) == facts.comparison


def test_account__nothing_is_known__leaves_everything_lost() -> None:
    assert summary(accounted("a b", NEW)) == {"a": "lost", "b": "lost"}


@pytest.mark.parametrize(
    ("inspection", "expected"),
    [
        pytest.param(a_rewrite(), "moved n", id="alike, with the same assertions and lines"),
        pytest.param(a_rewrite(alike=like(0.75, "n")), "moved n", id="boundary: just alike"),
        pytest.param(a_rewrite(alike=like(0.74, "n")), "lost", id="boundary: not alike enough"),
        pytest.param(a_rewrite(alike=like(0.9, "n", "m", then=0.8)), "moved n", id="boundary: just ahead"),
        pytest.param(a_rewrite(alike=like(0.9, "n", "m", then=0.81)), "lost", id="boundary: not far enough ahead"),
        pytest.param(a_rewrite(alike=()), "lost", id="nothing is like it"),
        pytest.param(a_rewrite(texts=("sum", "tax")), "lost", id="its assertion is another one"),
        pytest.param(a_rewrite(texts=("sum sum", "sum")), "lost", id="one of its assertions is gone"),
        pytest.param(a_rewrite(texts=("", "sum")), "lost", id="missing evidence: what it asserted"),
        pytest.param(a_rewrite(now=inspected(f"{T}n", "app.py:3")), "lost", id="it runs something else"),
        pytest.param(
            a_rewrite(now=inspected(f"{T}n", "app.py:2", asserted=0)), "lost", id="it asserts less when it runs"
        ),
        pytest.param(
            a_rewrite(before=a_test(f"{T}a"), now=a_test(f"{T}n")), "lost", id="missing evidence: old recorders"
        ),
        pytest.param(a_rewrite(before=a_test(f"{T}a")), "lost", id="missing evidence: an old recorder at the base"),
        pytest.param(
            a_rewrite(before=inspected(f"{T}a", did="not called")), "lost", id="missing evidence: it was not run"
        ),
        pytest.param(
            a_rewrite(now=inspected(f"{T}n", "app.py:2", did="failed")), "lost", id="missing evidence: it fails"
        ),
        pytest.param(a_rewrite(now=inspected(f"{T}m")), "lost", id="missing evidence: it was not found"),
    ],
)
def test_account__rewritten_test__table(inspection: Inspection, expected: str) -> None:
    assert summary(accounted("a", NEW, inspection=inspection))["a"] == expected


def _moved(test_id: str, *, base: tuple[str, ...] = (), head: tuple[str, ...] = (), **rest: RecordedTest) -> Comparison:
    """Account for test a, which another test may be now: hardly alike, and with statements of these digests."""
    lost = rest.get("lost") or a_test(f"{T}a")
    inspection = an_inspection(
        base=[rest.get("before") or inspected(lost.item.id, "app.py:2")],
        head=[rest.get("now") or inspected(test_id, "app.py:2")],
        candidates={lost.item.id: (Candidate(test=test_id, likeness=0.3),)},
        production=_COVERED,
    )
    path = f"{T}a".partition("::")[0]
    facts = the_facts(
        a_record(a_test(test_id)),
        baseline=a_baseline(a_record(lost)),
        inspection=inspection,
        base_sources={path: {"test_a": FunctionSource(name="test_a", line=1, body="old", statements=base)}},
        head_sources={path: {"test_n": FunctionSource(name="test_n", line=1, body="new", statements=head)}},
    )
    return account(facts)


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param("make check", "make log check more", "moved n", id="some were added"),
        pytest.param("make check", "check make", "lost", id="in another order"),
        pytest.param("make check", "make log", "lost", id="one is gone"),
        pytest.param("make make", "make", "lost", id="boundary: once, not twice"),
        pytest.param("", "make", "lost", id="missing evidence: its statements are not known"),
    ],
)
def test_account__statements_of_a_lost_test__table(base: str, head: str, expected: str) -> None:
    found = summary(_moved(f"{T}n", base=tuple(base.split()), head=tuple(head.split())))
    assert found["a"] == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param("app.py:1-9", "app.py:1-9", "moved n", id="all of its lines"),
        pytest.param("app.py:1-9 app.py:10", "app.py:1-9", "moved n", id="boundary: nine of ten, and others run it"),
        pytest.param("app.py:1-8 app.py:10", "app.py:1-8", "lost", id="eight of nine"),
        pytest.param("app.py:1-9 app.py:11", "app.py:1-9", "lost", id="nine of ten, and nobody runs it"),
    ],
)
def test_account__test_with_more_statements_runs_a_little_less__table(before: str, now: str, expected: str) -> None:
    found = _moved(
        f"{T}n",
        base=("make",),
        head=("set", "make"),
        before=inspected(f"{T}a", *before.split()),
        now=inspected(f"{T}n", *now.split()),
    )
    assert summary(found)["a"] == expected


def test_account__statements_of_another_row__are_no_rewrite() -> None:
    found = _moved(f"{T}n[2]", base=("make",), head=("make",), lost=a_test(f"{T}a[1]", params={"n": "1"}))
    assert summary(found) == {"a[1]": "lost"}


@pytest.mark.parametrize(
    ("rows", "now", "expected"),
    [
        pytest.param("1 2", inspected(f"{T}a", "app.py:2", asserted=2), "replaced a", id="as often as all rows"),
        pytest.param("1 2", inspected(f"{T}a", "app.py:2", asserted=1), "lost", id="less often"),
        pytest.param("1", inspected(f"{T}a", "app.py:2", asserted=1), "moved a", id="boundary: a single row"),
        pytest.param("1 2", inspected(f"{T}a", "app.py:3", asserted=2), "lost", id="runs something else"),
        pytest.param("1 2", inspected(f"{T}a", "app.py:2", asserted=2, broken=1), "lost", id="swallows a failure"),
        pytest.param("1 2", inspected(f"{T}a", did="failed", asserted=2), "lost", id="missing evidence: it fails"),
    ],
)
def test_account__rows_of_a_function_without_parameters__table(rows: str, now: RecordedTest, expected: str) -> None:
    ids = [f"{T}a[{row}]" for row in rows.split()]
    inspection = an_inspection(
        base=[inspected(test_id, "app.py:2") for test_id in ids],
        head=[now],
        candidates={test_id: (Candidate(test=f"{T}a", likeness=0.3),) for test_id in ids},
        production=_COVERED,
    )
    lost = [a_test(test_id, params={"n": test_id}) for test_id in ids]
    facts = the_facts(a_record(a_test(f"{T}a")), baseline=a_baseline(a_record(*lost)), inspection=inspection)
    assert summary(account(facts)) == {test_id.removeprefix(T): expected for test_id in ids}


NAMESAKE = "tests/unit/test_u.py::TestX::test_a"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(inspected(NAMESAKE, "app.py:2-3"), f"moved {NAMESAKE}", id="runs no less"),
        pytest.param(inspected(NAMESAKE, "app.py:3"), "lost", id="runs something else"),
        pytest.param(inspected(NAMESAKE, "app.py:2", asserted=0), "lost", id="asserts less"),
        pytest.param(inspected(NAMESAKE, "app.py:2", broken=1), "lost", id="swallows a failure"),
        pytest.param(inspected(NAMESAKE, "app.py:2", did="failed"), "lost", id="missing evidence: it fails"),
        pytest.param(a_test(NAMESAKE), "lost", id="missing evidence: an old recorder"),
    ],
)
def test_account__test_of_the_same_name_elsewhere__table(now: RecordedTest, expected: str) -> None:
    assert summary(_moved(NAMESAKE, now=now)) == {"a": expected}


def test_account__test_that_ran_no_code__is_not_known_by_its_name() -> None:
    assert summary(_moved(NAMESAKE, before=inspected(f"{T}a"), now=inspected(NAMESAKE, "app.py:2"))) == {"a": "lost"}


def test_account__all_statements_and_not_all_that_held__are_no_rewrite() -> None:
    found = _moved(
        f"{T}n",
        base=("make", "check"),
        head=("make", "leave", "check"),
        before=inspected(f"{T}a", "app.py:2", asserted=2),
        now=inspected(f"{T}n", "app.py:2", asserted=2, places=1),
    )
    assert summary(found)["a"] == "lost"


def test_account__test_of_the_base__is_no_rewrite() -> None:
    assert summary(accounted("a n", NEW, inspection=a_rewrite())) == {"a": "lost"}


def test_account__skipped_test__is_no_rewrite() -> None:
    assert summary(accounted("a", a_test(f"{T}a", "skipped"), NEW, inspection=a_rewrite())) == {"a": "lost"}


def twins(**likeness: float) -> Inspection:
    """Build what is known of lost tests that assert the same, and of one new test."""
    names = sorted(likeness)
    one = a_rewrite()
    lost = an_inspection(base=[inspected(f"{T}{name}", "app.py:2") for name in names])
    return replace(
        one,
        base=lost.base,
        base_asserted=lost.base_asserted,
        base_checks={f"{T}{name}": one.base_checks[f"{T}a"] for name in names},
        candidates={f"{T}{name}": like(likeness[name], "n") for name in names},
    )


def test_account__one_new_test_and_two_lost_ones__is_the_one_that_it_is_most_like() -> None:
    assert summary(accounted("a b", NEW, inspection=twins(a=0.8, b=0.95))) == {"a": "lost", "b": "moved n"}


def test_account__new_test_that_conserves_one__is_no_rewrite_of_another() -> None:
    seen = twins(a=0.9, b=0.9)
    same = replace(seen, head_checks={f"{T}n": seen.base_checks[f"{T}a"]})
    assert summary(accounted("a b", NEW, inspection=same)) == {"a": "moved n", "b": "lost"}


def test_account__declared_replacement__is_no_rewrite_of_another() -> None:
    declaring = a_test(f"{T}n", replaces=(f"{T}a",))
    assert summary(accounted("a b", declaring, inspection=twins(a=0.9, b=0.9))) == {"a": "replaced n", "b": "lost"}


def test_account__old_test_under_a_new_name__replaces_no_other() -> None:
    """Test b was renamed and edited around its assertion; that it is declared for a as well gives nothing back."""
    seen = an_inspection(
        base=[inspected(f"{T}a", "app.py:2"), inspected(f"{T}b", "app.py:2")],
        head=[inspected(f"{T}n", "app.py:2")],
        base_checks=ids({"a": "tax", "b": "sum"}),
        head_checks=ids({"n": "sum"}),
        production=_COVERED,
    )
    found = accounted("a b", a_test(f"{T}n", replaces=(f"{T}a",)), inspection=seen)
    assert summary(found) == {"a": "lost", "b": "moved n"}
    assert [(one.flaw, one.target) for one in found.refused] == [("not new", f"{T}a")]


@pytest.mark.parametrize(
    ("base", "checks", "head", "expected"),
    [
        pytest.param("a", {"a": "sum"}, {"n": "sum"}, {"a": "moved n"}, id="one for one"),
        pytest.param(
            "a b", {"a": "sum", "b": "tax"}, {"n": "sum tax"}, {"a": "replaced n", "b": "replaced n"}, id="merged"
        ),
        pytest.param("a", {"a": "sum tax"}, {"n": "sum", "m": "tax"}, {"a": "replaced n m"}, id="split"),
        pytest.param("a b", {"a": "sum", "b": "sum"}, {"n": "sum"}, {"a": "moved n", "b": "lost"}, id="one for two"),
    ],
)
def test_account__conserved_assertions__table(
    base: str, checks: dict[str, str], head: dict[str, str], expected: dict[str, str]
) -> None:
    inspection = an_inspection(base_checks=ids(checks), head_checks=ids(head))
    assert summary(accounted(base, *(a_test(f"{T}{name}") for name in head), inspection=inspection)) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(NEW, "moved n", id="guards in both"),
        pytest.param(a_test(f"{T}n", "skipped"), "lost", id="skipped in one"),
        pytest.param(a_test(f"{T}x"), "lost", id="missing in one"),
    ],
)
def test_account__stand_in_in_two_environments__must_guard_in_both(second: RecordedTest, expected: str) -> None:
    records = a_record(NEW), a_record(second, python="3.12.1")
    inspection = an_inspection(base_checks=ids({"a": "sum"}), head_checks=ids({"n": "sum"}))
    assert summary(accounted("a", inspection=inspection, records=records))["a"] == expected


def test_account__code_was_deleted__retires_its_test() -> None:
    production = Production(histories={"app.py": a_history()}, covered={})
    inspection = an_inspection(base=[inspected(f"{T}a", "app.py:2")], production=production)
    assert summary(accounted("a", NEW, inspection=inspection)) == {"a": "retired"}


# Unfit to be judged here -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("did", "again", "is_fresh", "expected"),
    [
        pytest.param("skipped", "skipped", False, "unfit", id="skipped at the base, too"),
        pytest.param("failed", "failed", False, "unfit", id="fails at the base, too"),
        pytest.param("failed", "skipped", False, "unfit", id="fails here and skips there"),
        pytest.param("skipped", "passed", False, "lost", id="guards at the base"),
        pytest.param("failed", "passed", False, "failing", id="fails here only"),
        pytest.param("skipped", "not called", False, "lost", id="boundary: it was not run at the base"),
        pytest.param("skipped", "skipped", True, "lost", id="boundary: the baseline was made here and now"),
    ],
)
def test_account__test_that_does_not_guard_at_the_base_either__is_unfit(
    did: str, again: str, is_fresh: bool, expected: str
) -> None:
    inspection = an_inspection(base=[a_test(f"{T}a", again, why="no database\nmore")])
    found = accounted("a", a_test(f"{T}a", did), inspection=inspection, is_fresh=is_fresh)
    assert summary(found) == {"a": expected}
    assert [one.why for one in found.unfit] == ([f'{again}: "no database"'] if expected == "unfit" else [])


def test_account__missing_evidence_of_the_base__is_no_excuse() -> None:
    assert summary(accounted("a", a_test(f"{T}a", "skipped"), inspection=an_inspection(not_compared=(NO_DISK,)))) == {
        "a": "lost"
    }


def test_account__replacement_of_an_unfit_test__is_not_refused() -> None:
    declaring = a_test(f"{T}n", replaces=(f"{T}a",))
    inspection = an_inspection(base=[a_test(f"{T}a", "skipped")])
    found = accounted("a", a_test(f"{T}a", "skipped"), declaring, inspection=inspection)
    assert (summary(found), found.refused) == ({"a": "unfit"}, ())


# What is said ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "head", "misses"),
    [
        pytest.param(
            [inspected(f"{T}a", "app.py:2-4")], [inspected(f"{T}n", "app.py:3")], ("app.py:2", "app.py:4"), id="some"
        ),
        pytest.param([inspected(f"{T}a", "app.py:2")], [inspected(f"{T}n", "app.py:2")], (), id="none"),
        pytest.param([], [inspected(f"{T}n", "app.py:2")], None, id="missing evidence: of the lost test"),
        pytest.param([inspected(f"{T}a", "app.py:2")], [], None, id="missing evidence: of the candidate"),
        pytest.param([a_test(f"{T}a")], [inspected(f"{T}n")], None, id="missing evidence: an old recorder"),
    ],
)
def test_account__candidate__says_what_it_does_not_run(
    base: list[RecordedTest], head: list[RecordedTest], misses: tuple[str, ...] | None
) -> None:
    inspection = an_inspection(base=base, head=head, candidates={f"{T}a": like(0.5, "n")})
    (loss,) = accounted("a", NEW, inspection=inspection).lost
    assert loss.candidates == (Candidate(test=f"{T}n", likeness=0.5, misses=misses),)


def test_account__what_could_not_be_looked_into__is_said() -> None:
    assert accounted("a", NEW, inspection=an_inspection(not_compared=(NO_DISK,))).not_compared == (NO_DISK,)


def test_account__weakened_test__is_found_beside_the_lost_ones() -> None:
    base = a_record_of(asserting(f"{T}a"), asserting(f"{T}k", says()))
    found = account(the_facts(a_record_of(asserting(f"{T}k")), baseline=a_baseline(base)))
    assert (summary(found), [one.head.item.id for one in found.weakened]) == ({"a": "lost"}, [f"{T}k"])


def test_account__moved_by_its_body_and_declared__is_history_already() -> None:
    declaring = a_test(f"{T}n", replaces=(f"{T}a",))
    facts = the_facts(
        a_record(declaring),
        baseline=a_baseline(a_record(a_test(f"{T}a"))),
        base_sources={"tests/unit/test_t.py": a_source(test_a="body")},
        head_sources={"tests/unit/test_t.py": a_source(test_n="body")},
    )
    found = account(facts)
    assert (summary(found), found.refused) == ({"a": "moved n"}, ())


def _many() -> Facts:
    names = [str(number) for number in range(2000)]
    lost = [f"{T}a{name}" for name in names]
    inspection = an_inspection(
        base=[inspected(test_id, "app.py:2-9") for test_id in lost],
        base_checks={test_id: f"sum {number}" for number, test_id in enumerate(lost)},
        head_checks={f"{T}n{name}": f"sum {name}" for name in names[:1000]},
        candidates={test_id: like(0.9, f"m{number}") for number, test_id in enumerate(lost)},
        production=_COVERED,
    )
    head = [a_test(f"{T}{letter}{name}") for letter in "nm" for name in names]
    kept = [a_test(f"{T}k{number}") for number in range(48_000)]
    baseline = a_baseline(a_record(*map(a_test, lost), *kept))
    return the_facts(a_record(*head, *kept), baseline=baseline, inspection=inspection)


@pytest.mark.slow
def test_account__fifty_thousand_tests_of_which_two_thousand_are_lost__takes_seconds() -> None:
    found = account(_many())
    assert (len(found.moved), len(found.lost), len(found.kept)) == (1000, 1000, 48_000)


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param("a b", (a_test(f"{T}b"),), {"a": "replaced b"}, id="passing: it is still there"),
        pytest.param(
            "a b c", (a_test(f"{T}b"),), {"a": "replaced b", "c": "replaced b"}, id="passing: one for all that were it"
        ),
        pytest.param("a b", (a_test(f"{T}b", "failed"),), {"a": "lost", "b": "failing"}, id="failing: it fails"),
        pytest.param("a b", (a_test(f"{T}b", "skipped"),), {"a": "lost", "b": "lost"}, id="failing: it is skipped"),
        pytest.param("a b", (), {"a": "lost", "b": "lost"}, id="failing: it is gone, too"),
        pytest.param("a", (NEW,), {"a": "lost"}, id="missing evidence: nobody knows a twin"),
    ],
)
def test_account__exact_duplicate__is_accounted_for_by_its_twin(
    base: str, head: tuple[RecordedTest, ...], expected: dict[str, str]
) -> None:
    twins = {f"{T}{name}": f"{T}b" for name in base.replace("b", "").split() if "b" in base}
    found = accounted(base, *(head or (NEW,)), inspection=an_inspection(twins=twins))
    assert summary(found) == expected


def test_account__twin_that_declares_it__is_not_refused() -> None:
    inspection = an_inspection(twins={f"{T}a": f"{T}b"})
    found = accounted("a b", a_test(f"{T}b", replaces=(f"{T}a",)), inspection=inspection)
    assert (summary(found), found.refused) == ({"a": "replaced b"}, ())


@pytest.mark.parametrize(
    ("checks", "expected", "flaws"),
    [
        pytest.param("sum", {"a": "moved n"}, [], id="it asserts all that was asserted"),
        pytest.param("tax", {"a": "lost"}, [Flaw.DOES_NOT_COVER], id="it asserts something else"),
    ],
)
def test_account__declared_test_does_not_run_what_was_run__its_assertions_may_prove_it(
    checks: str, expected: dict[str, str], flaws: list[Flaw]
) -> None:
    inspection = an_inspection(
        base=[inspected(f"{T}a", "app.py:2")],
        head=[inspected(f"{T}n", "app.py:3")],
        base_checks={f"{T}a": "sum"},
        head_checks={f"{T}n": checks},
        production=_COVERED,
    )
    found = accounted("a", a_test(f"{T}n", replaces=(f"{T}a",)), inspection=inspection)
    assert (summary(found), [one.flaw for one in found.refused]) == (expected, flaws)
