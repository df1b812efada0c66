"""Which tests are run again, so that a change that loses nothing pays nothing."""

from __future__ import annotations

import pytest

from builders import a_baseline, a_record, a_test, the_facts
from inspections import a_history, an_inspection, inspected, lines_of
from testkeep.model.comparison import Candidate
from testkeep.model.inspection import Inspection, Suspect
from testkeep.model.production import Production
from testkeep.model.tests import RecordedTest
from testkeep.rules.base import Facts
from testkeep.rules.choosing import Wanted, choose, needs_others, to_be_measured_without

T = "tests/unit/test_t.py::test_"


def facts_of(base: str, *head: RecordedTest, inspection: Inspection | None = None, is_fresh: bool = False) -> Facts:
    baseline = a_baseline(a_record(*(a_test(f"{T}{name}") for name in base.split())), is_fresh=is_fresh)
    return the_facts(a_record(*head), baseline=baseline, inspection=inspection)


def names(test_ids: tuple[str, ...]) -> str:
    return " ".join(test_id.removeprefix(T) for test_id in test_ids)


def a(name: str, did: str = "passed", replaces: str = "") -> RecordedTest:
    return a_test(f"{T}{name}", did, replaces=tuple(f"{T}{one}" for one in replaces.split()))


_CANDIDATES = {f"{T}a": (Candidate(test=f"{T}n", likeness=0.5),)}


@pytest.mark.parametrize(
    ("facts", "base", "head"),
    [
        pytest.param(facts_of("a", a("a")), "", "", id="nothing is lost"),
        pytest.param(facts_of("a", a("a", "failed"), is_fresh=True), "", "", id="fails, and the baseline is fresh"),
        pytest.param(facts_of("a", a("a", "failed")), "a", "", id="fails, and the baseline is not of here and now"),
        pytest.param(facts_of("a", a("n"), is_fresh=True), "a", "", id="removed"),
        pytest.param(facts_of("a", a("a", "skipped"), is_fresh=True), "", "", id="skipped, and the baseline is fresh"),
        pytest.param(facts_of("a", a("a", "skipped")), "a", "", id="skipped, and the baseline is not of here and now"),
        pytest.param(
            facts_of("a", a("a", "skipped"), a("n", replaces="a"), is_fresh=True), "a", "n", id="skipped and replaced"
        ),
        pytest.param(
            facts_of("a", a("n"), inspection=an_inspection(candidates=_CANDIDATES)), "a", "n", id="a candidate"
        ),
        pytest.param(
            facts_of("a", a("a", "skipped"), a("n"), inspection=an_inspection(candidates=_CANDIDATES)),
            "a",
            "",
            id="boundary: a skipped test needs no candidates",
        ),
        pytest.param(
            facts_of("a k", a("k", replaces="a"), is_fresh=True), "a k", "k", id="an old test that replaces it"
        ),
        pytest.param(facts_of("a", a("a"), a("n", replaces="a")), "", "", id="boundary: its target is not lost"),
        pytest.param(
            facts_of("a", a("n"), inspection=an_inspection(base_checks={f"{T}a": "sum"}, head_checks={f"{T}n": "sum"})),
            "",
            "",
            id="conserved",
        ),
        pytest.param(
            facts_of(
                "a",
                a("n", replaces="a"),
                inspection=an_inspection(base_checks={f"{T}a": "sum"}, head_checks={f"{T}n": "sum"}),
            ),
            "a",
            "n",
            id="boundary: conserved and declared",
        ),
        pytest.param(
            facts_of("k", a("m"), inspection=an_inspection(suspects=(Suspect(base=f"{T}k", head=f"{T}m"),))),
            "k",
            "m",
            id="moved to where names stand for something else",
        ),
        pytest.param(
            facts_of("k", a("k"), inspection=an_inspection(suspects=(Suspect(base=f"{T}k", head=f"{T}k"),))),
            "k",
            "k",
            id="its source was changed",
        ),
        pytest.param(
            facts_of(
                "a k",
                a("k", replaces="a"),
                inspection=an_inspection(suspects=(Suspect(base=f"{T}k", head=f"{T}k"),)),
            ),
            "k a",
            "k",
            id="each of them once",
        ),
    ],
)
def test_choose__table(facts: Facts, base: str, head: str) -> None:
    wanted = choose(facts)
    assert (names(wanted.base), names(wanted.head)) == (base, head)


def test_choose__many_candidates__are_limited_to_the_most_alike() -> None:
    lost = " ".join(f"a{number:03}" for number in range(200))
    likely = {f"{T}a{number:03}": (Candidate(test=f"{T}n{number:03}", likeness=number / 200),) for number in range(200)}
    wanted = choose(facts_of(lost, a("n"), inspection=an_inspection(candidates=likely)))
    assert wanted.head == tuple(f"{T}n{number:03}" for number in range(199, 139, -1))


def test_choose__no_baseline__wants_nothing() -> None:
    assert choose(the_facts(a_record(a("a")))) == Wanted((), ())


_DELETED = Production(histories={"app.py": a_history()})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(facts_of("a", a("a")), False, id="nothing is lost"),
        pytest.param(
            facts_of("a", a("n"), inspection=an_inspection(base=[inspected(f"{T}a", "app.py:2")])),
            False,
            id="removed, and no code was deleted",
        ),
        pytest.param(
            facts_of("a", a("n"), inspection=an_inspection(base=[inspected(f"{T}a", "app.py:2")], production=_DELETED)),
            True,
            id="removed with code",
        ),
        pytest.param(
            facts_of(
                "a",
                a("a", "skipped"),
                inspection=an_inspection(base=[inspected(f"{T}a", "app.py:2")], production=_DELETED),
            ),
            False,
            id="boundary: skipped",
        ),
        pytest.param(
            facts_of("a", a("n"), inspection=an_inspection(base=[a(f"{T}a")], production=_DELETED)),
            False,
            id="missing evidence: an old recorder",
        ),
        pytest.param(
            facts_of(
                "a",
                a("n", replaces="a"),
                inspection=an_inspection(base=[inspected(f"{T}a", "app.py:2")], head=[inspected(f"{T}n", "app.py:2")]),
            ),
            False,
            id="replaced by a test that runs the same",
        ),
        pytest.param(
            facts_of(
                "a",
                a("n", replaces="a"),
                inspection=an_inspection(base=[inspected(f"{T}a", "app.py:2")], head=[inspected(f"{T}n", "app.py:3")]),
            ),
            True,
            id="replaced by a test that runs something else",
        ),
        pytest.param(
            facts_of("a", a("n", replaces="a"), inspection=an_inspection(base=[inspected(f"{T}a", "app.py:2")])),
            True,
            id="replaced by a test that nobody watched",
        ),
        pytest.param(
            facts_of(
                "a",
                a("n", replaces="a"),
                a("m", replaces="a"),
                inspection=an_inspection(
                    base=[inspected(f"{T}a", "app.py:2-3")],
                    head=[inspected(f"{T}n", "app.py:2"), inspected(f"{T}m", "app.py:3")],
                ),
            ),
            False,
            id="boundary: by two together",
        ),
    ],
)
def test_needs_others__table(facts: Facts, expected: bool) -> None:
    assert needs_others(facts) is expected


def test_to_be_measured_without__what_is_conserved__counts_among_the_others() -> None:
    inspection = an_inspection(
        base_checks={f"{T}a": "sum", f"{T}b": "tax"}, head_checks={f"{T}n": "sum"},
        production=Production(covered=lines_of("app.py:1")),
    )  # fmt: skip
    assert names(to_be_measured_without(facts_of("a b k", a("n"), a("k"), inspection=inspection))) == "b"


def test_choose__two_thousand_declared_tests__are_chosen_in_seconds() -> None:
    lost = [f"a{number}" for number in range(2000)]
    facts = facts_of(" ".join(lost), *(a(f"n{name}", replaces=name) for name in lost))
    assert len(choose(facts).head) == 2000
    assert not needs_others(facts)
