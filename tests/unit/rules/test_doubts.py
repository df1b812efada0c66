"""What failed at the base in its worktree is no guard that anybody knows of, and no loss that anybody may pass over."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace

import msgspec
import pytest

from builders import (
    BASE,
    TODAY,
    a_baseline,
    a_change,
    a_record,
    a_source,
    a_test,
    a_waiver,
    cut_off,
    findings_of,
    not_run,
    the_facts,
)
from inspections import an_inspection, inspected
from testkeep.model.comparison import Candidate, Comparison
from testkeep.model.evidence import Evidence, Unfinished
from testkeep.model.inspection import Inspection
from testkeep.model.policy import Policy, Waiver
from testkeep.model.stage import Stage
from testkeep.model.tests import RecordedTest, Selection
from testkeep.model.worktree import EmptySubmodule, Worktree
from testkeep.rules.accounting import account
from testkeep.rules.base import Facts
from testkeep.rules.choosing import choose
from testkeep.rules.doubts import doubt, doubt_notes

FILE = "tests/unit/test_t.py"
ONE, TWO, NEW = (f"{FILE}::test_{name}" for name in ("one", "two", "new"))
_WHY = "FileNotFoundError: model.bin"


def in_worktree(*tests: RecordedTest, worktree: Worktree | None = None) -> Evidence:
    """Build the record of the base's tests, made in a worktree."""
    return msgspec.structs.replace(a_record(*tests), worktree=worktree or Worktree())


def doubted(
    base: RecordedTest | Evidence,
    *head: RecordedTest,
    known_red: tuple[str, ...] = (),
    not_given: tuple[str, ...] = ("local.db",),
    needs: Mapping[str, str] | None = None,
    sources: bool = False,
    inspection: Inspection | None = None,
    waivers: tuple[Waiver, ...] = (),
    unfinished: tuple[Unfinished, ...] = (),
) -> Facts:
    """Build facts with a comparison in which doubts were looked for; there is one test more, which guards."""
    record = base if isinstance(base, Evidence) else in_worktree(base, a_test(TWO))
    policy = Policy(waivers=waivers)
    facts = the_facts(
        a_record(a_test(TWO), *head),
        baseline=replace(a_baseline(record, is_fresh=True), known_red=frozenset(known_red)),
        base_sources={FILE: a_source(test_one="body", test_two="other")} if sources else {},
        head_sources={FILE: a_source(test_new="body", test_two="other")} if sources else {},
        inspection=inspection,
        policy=policy,
        policy_change=a_change(policy, policy),
        unfinished=unfinished,
    )
    facts = replace(facts, needs=needs or {}, not_given=not_given)
    return replace(facts, comparison=doubt(facts))


def _ids(comparison: Comparison) -> dict[str, str]:
    return {loss.id: str(loss.how) for loss in comparison.doubted}


@pytest.mark.parametrize("did", ["failed", "error", "error in teardown"])
@pytest.mark.parametrize(
    ("head", "how"),
    [
        pytest.param((a_test(ONE, "skipped", why="later"),), "skipped", id="skipped"),
        pytest.param((a_test(ONE, "xfailed"),), "xfailed", id="marked xfail"),
        pytest.param((a_test(ONE, "xpassed"),), "xfailed", id="marked xfail, and passes"),
        pytest.param((not_run(ONE, Selection.DESELECTED, "-k"),), "deselected", id="deselected"),
        pytest.param((), "removed", id="removed"),
    ],
)
def test_doubt__failed_in_the_worktree_and_lost__is_doubted(did: str, head: tuple[RecordedTest, ...], how: str) -> None:
    facts = doubted(a_test(ONE, did, why=_WHY), *head)

    assert _ids(facts.comparison) == {ONE: how}
    assert facts.comparison.lost == ()


@pytest.mark.parametrize(
    ("base", "head", "more"),
    [
        pytest.param(a_test(ONE, "failed"), (a_test(ONE),), {}, id="it passes now"),
        pytest.param(a_test(ONE, "failed"), (a_test(ONE, "failed"),), {}, id="it fails now, which is TK101"),
        pytest.param(a_test(ONE, "failed"), (), {"known_red": (ONE,)}, id="it is red in the commit's own tree"),
        pytest.param(a_test(ONE, "failed"), (), {"not_given": ()}, id="the worktree lacked nothing that is here"),
        pytest.param(a_test(ONE, "unexpected pass"), (), {}, id="its strict xfail mark did not hold"),
        pytest.param(a_test(ONE, "xfailed"), (), {}, id="it was marked xfail"),
        pytest.param(a_test(ONE, "skipped", why="no"), (), {}, id="it was skipped, and names nothing"),
        pytest.param(a_record(a_test(ONE, "failed"), a_test(TWO)), (), {}, id="not in a worktree"),
        pytest.param(a_test(ONE, "failed"), (a_test(NEW),), {"sources": True}, id="it passes under another name"),
        pytest.param(a_test(ONE, "failed"), (a_test(NEW, "failed"),), {"sources": True}, id="renamed, and fails"),
        pytest.param(a_test(ONE, "failed"), (), {"unfinished": (cut_off(),)}, id="nothing was compared"),
        pytest.param(
            a_test(ONE, "skipped", why="no", marks=("skip",)), (), {"needs": {ONE: "model.bin"}}, id="marked skip"
        ),
        pytest.param(
            a_test(ONE, "skipped", why="no"),
            (a_test(ONE, "skipped", why="no"),),
            {"needs": {ONE: "model.bin"}},
            id="skipped for the same reason now",
        ),
    ],
)
def test_doubt__nothing_can_have_been_lost__is_none(
    base: RecordedTest | Evidence, head: tuple[RecordedTest, ...], more: dict[str, object]
) -> None:
    assert _ids(doubted(base, *head, **more).comparison) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "head",
    [
        pytest.param((), id="removed"),
        pytest.param((a_test(ONE, "skipped", why="later"),), id="skipped for another reason now"),
    ],
)
def test_doubt__skipped_in_the_worktree_for_want_of_an_ignored_file__is_doubted(head: tuple[RecordedTest, ...]) -> None:
    facts = doubted(a_test(ONE, "skipped", why="no model"), *head, needs={ONE: "tests/model.bin"})

    assert set(_ids(facts.comparison)) == {ONE}


def test_doubt__test_moved_to_a_stage_of_another_run__is_none() -> None:
    base = in_worktree(a_test(ONE, "failed"), a_test(TWO))
    head = a_record(a_test(TWO))
    suite = msgspec.structs.replace(head.suite, elsewhere={Stage.INTEGRATION: (ONE,)})
    facts = the_facts(msgspec.structs.replace(head, suite=suite), baseline=a_baseline(base))

    assert doubt(facts).doubted == ()


def test_doubt__guards_in_another_environment__is_a_loss_and_no_doubt() -> None:
    older = a_record(a_test(ONE), a_test(TWO), python="3.12.1")
    base = in_worktree(a_test(ONE, "failed"), a_test(TWO))
    facts = the_facts(
        a_record(a_test(TWO)),
        a_record(a_test(TWO), python="3.12.1"),
        baseline=a_baseline(base, older),
    )

    assert [loss.id for loss in facts.comparison.lost] == [ONE]
    assert doubt(facts).doubted == ()


_EMPTY = EmptySubmodule(path="libs/x", commit="c" * 40)


@pytest.mark.parametrize(
    ("worktree", "not_given", "needs", "n_doubted"),
    [
        pytest.param(Worktree(), ("local.db",), {}, 1, id="a file that git ignores"),
        pytest.param(Worktree(missed=("local.db",)), (), {}, 1, id="a file that git ignores, where it was made"),
        pytest.param(Worktree(), (), {ONE: "build/"}, 1, id="what it names"),
        pytest.param(Worktree(pointers=("a.bin",)), (), {}, 1, id="a pointer"),
        pytest.param(Worktree(is_sparse=True), (), {}, 1, id="a sparse check-out"),
        pytest.param(
            Worktree(empty=(msgspec.structs.replace(_EMPTY, is_known=True),)), (), {}, 1, id="a submodule's commit"
        ),
        pytest.param(Worktree(empty=(_EMPTY,)), (), {}, 0, id="a submodule that is not here, either"),
        pytest.param(Worktree(brought=(".env",)), (), {}, 0, id="nothing, as it was brought"),
    ],
)
def test_doubt__worktree_lacked_something__may_be_the_reason(
    worktree: Worktree, not_given: tuple[str, ...], needs: dict[str, str], n_doubted: int
) -> None:
    base = in_worktree(a_test(ONE, "failed"), a_test(TWO), worktree=worktree)

    facts = doubted(base, not_given=not_given, needs=needs)

    assert len(facts.comparison.doubted) == n_doubted


def test_doubt_notes__worktree_lacked_nothing__says_so() -> None:
    facts = doubted(a_test(ONE, "failed"), not_given=())

    assert list(doubt_notes(facts)) == [
        f"1 test failed at the base commit in its worktree, which lacks nothing that is here: {ONE}"
    ]


# Accounted for ----------------------------------------------------------------------------------------------------


def _inspection(checks: str, alike: float) -> Inspection:
    return an_inspection(
        base_checks={ONE: "a b c"},
        head_checks={NEW: checks},
        candidates={ONE: (Candidate(test=NEW, likeness=alike),)},
    )


@pytest.mark.parametrize(
    ("inspection", "expected"),
    [
        pytest.param(_inspection("a b c", 0.1), {}, id="its assertions are in a new test"),
        pytest.param(_inspection("x y z", 0.5), {}, id="half alike, and asserts as much"),
        pytest.param(_inspection("x y z", 0.49), {ONE: "removed"}, id="less than half alike"),
        pytest.param(_inspection("x y", 0.9), {ONE: "removed"}, id="asserts less"),
    ],
)
def test_account__doubted_test_was_renamed_and_mended__is_settled(
    inspection: Inspection, expected: dict[str, str]
) -> None:
    facts = doubted(a_test(ONE, "failed"), a_test(NEW), inspection=inspection)

    comparison = account(facts)

    assert _ids(comparison) == expected
    assert (comparison.lost, comparison.moved, comparison.replaced) == ((), (), ())


@pytest.mark.parametrize(
    ("waiver", "found"),
    [
        pytest.param(a_waiver(ONE, "TK203"), [("TK203", True)], id="of the loss, on its last day"),
        pytest.param(
            a_waiver(ONE, "TK203", expires=TODAY - datetime.timedelta(days=1)), [("TK508", False)], id="expired"
        ),
        pytest.param(a_waiver(ONE, "TK201"), [("TK508", False)], id="of another kind of loss"),
        pytest.param(a_waiver(TWO, "TK203"), [("TK508", False)], id="of another test"),
        pytest.param(a_waiver(ONE, "TK508"), [("TK508", False)], id="of what nobody knows"),
    ],
)
def test_account__waiver_for_a_doubted_test__excuses_its_loss(waiver: Waiver, found: list[tuple[str, bool]]) -> None:
    facts = doubted(a_test(ONE, "failed"), waivers=(waiver,))
    facts = replace(facts, comparison=account(facts))

    seen = [finding for code in ("TK203", "TK508") for finding in findings_of(code, facts, waiver)]

    assert [(finding.code, finding.waived) for finding in seen] == found


def test_account__replacement_of_a_doubted_test__needs_not_cover_what_nobody_knows() -> None:
    declared = a_test(NEW, replaces=(ONE,))
    inspection = an_inspection(head=[inspected(NEW, "app.py:1")], head_checks={NEW: "x"})
    facts = doubted(a_test(ONE, "failed"), declared, inspection=inspection)

    comparison = account(facts)

    assert [(one.lost, one.by) for one in comparison.replaced] == [(ONE, (NEW,))]
    assert (_ids(comparison), comparison.refused) == ({}, ())


def test_choose__doubted_test__is_not_run_again_at_the_base() -> None:
    wanted = choose(doubted(a_test(ONE, "failed")))

    assert (wanted.base, wanted.head) == ((), ())


# Said -------------------------------------------------------------------------------------------------------------


def test_environment_differs__doubted__says_what_was_missing_and_the_ways_out() -> None:
    worktree = Worktree(pointers=("a.bin", "b.bin"), is_sparse=True)
    base = in_worktree(a_test(ONE, "failed", why=f"{_WHY}\nmore"), a_test(TWO), worktree=worktree)
    facts = doubted(base, needs={ONE: "tests/model.bin"})

    (finding,) = findings_of("TK508", facts)

    assert finding.message == (
        f"failed at the base commit {BASE[:12]} in its worktree, so nobody knows whether it guarded, and removed now: "
        f"{_WHY}; it names tests/model.bin, which git does not have; a.bin and 1 more were pointers of git-lfs, not "
        "the files; the check-out is sparse, so files were left out"
    )
    assert finding.help.split("\n") == [
        f"Get what is missing: 'git lfs fetch origin {BASE[:12]}', 'git sparse-checkout disable'.",
        'Let the base have the file that it needs: base_files = […, "tests/model.bin"] in [tool.testkeep].',
        f"If it fails in any case: run 'testkeep run' once at the base itself ('git switch --detach {BASE[:12]}').",
        f'If another test stands for it: @pytest.mark.replaces("{ONE}", reason="…").',
        "Or record a waiver of TK203 for it on the base branch.",
    ]


def test_environment_differs__nobody_knows_the_file__names_what_is_here() -> None:
    worktree = Worktree(missed=("data/", "b.bin", "c.bin"))
    base = in_worktree(a_test(ONE, "failed", why=_WHY), a_test(TWO), worktree=worktree)

    (finding,) = findings_of("TK508", doubted(base))

    assert finding.help.split("\n")[0] == (
        'Let the base have the file that it needs: base_files = […, "<the file>"] in [tool.testkeep]; here and not in '
        "git: local.db, data/, b.bin."
    )


def test_environment_differs__several_doubted_for_one_reason__is_one_finding() -> None:
    base = in_worktree(a_test(ONE, "failed", why=_WHY), a_test(NEW, "failed", why=_WHY), a_test(TWO))

    (finding,) = findings_of("TK508", doubted(base))

    assert finding.tests == (ONE, NEW)


@pytest.mark.parametrize(
    ("submodule", "test", "n_found"),
    [
        pytest.param("tests/unit", TWO, 1, id="the head has tests in it"),
        pytest.param("tests/un", TWO, 0, id="the head has none in it"),
    ],
)
def test_environment_differs__submodule_was_empty__nobody_knows_its_tests(
    submodule: str, test: str, n_found: int
) -> None:
    empty = EmptySubmodule(path=submodule, commit="c" * 40, is_known=True)
    facts = doubted(in_worktree(a_test(TWO), worktree=Worktree(empty=(empty,))))

    found = findings_of("TK508", facts)

    assert [finding.about for finding in found] == [(test,)] * n_found
    (note,) = doubt_notes(facts)
    assert note.startswith(f"submodule {submodule} was empty at the base: its commit cccccccccccc is not in this clone")
    assert note.endswith(f"('git -C {submodule} fetch origin {'c' * 40}')")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param(1, "1 test failed at … there: t0", id="one"),
        pytest.param(3, "3 tests failed at … there: t0, t1, t2", id="as many as are named"),
        pytest.param(4, "4 tests failed at … there: t0, t1, t2 and 1 more", id="one more"),
    ],
)
def test_doubt_notes__tests_failed_in_the_worktree__are_listed_whatever_they_do_now(number: int, said: str) -> None:
    names = [f"t{index}" for index in range(number)]
    facts = doubted(in_worktree(*(a_test(name, "failed") for name in names), a_test(TWO)), *map(a_test, names))

    whole = said.replace("…", "the base commit in its worktree, so nobody knows of a guard")
    assert (list(doubt_notes(facts)), _ids(facts.comparison)) == ([whole], {})


def test_doubt_notes__no_baseline__are_none() -> None:
    assert list(doubt_notes(the_facts(a_record(a_test())))) == []
