"""What tests asserted at the base and assert here."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from asserting import (
    ANYTHING,
    CONTEXT,
    SMOKE,
    VACUOUS,
    a_record_of,
    asserting,
    each,
    says,
)
from builders import A_TEST, FILE, a_test
from testkeep.model.asserted import Asserted
from testkeep.model.assertion_site import AssertionSite, Statement, Statements
from testkeep.rules.asserted import Said, compare_asserted, unwatched
from testkeep.rules.assertion_records import Records

TOTAL = says("total")


def known(*held: AssertionSite, failed: Sequence[AssertionSite] = ()) -> Asserted:
    suite = a_record_of(asserting(A_TEST, *held, failed=failed)).suite
    assert suite is not None
    found = Records([suite]).of(suite.settings.interpreter, A_TEST)
    assert found is not None
    return found


def said(before: Asserted, now: Asserted, texts: Statements | None = None) -> list[Said]:
    return list(compare_asserted(a_test(), before, now, texts or Statements()))


def error(why: str) -> Said:
    return Said(why, to_nothing=True)


def warning(why: str) -> Said:
    return Said(why, to_nothing=False)


IN_LINE_5 = f"the assertion in line 5 of {FILE}"
SWALLOWED = f"{IN_LINE_5} fails here, and the failure is swallowed"
MEANT = says("fails", CONTEXT, raises=["AssertionError<Exception<BaseException"])


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(known(TOTAL), known(TOTAL), [], id="the same"),
        pytest.param(known(TOTAL), known(TOTAL, says("tax")), [], id="more"),
        pytest.param(known(TOTAL), known(says("tax")), [], id="another instead"),
        pytest.param(known(TOTAL), known(), [error("1 assertion held at the base, none here")], id="none left"),
        pytest.param(known(*each("a b")), known(says("f", SMOKE)), [error("2 assertions held at the base, none here")],
                     id="only calls are left"),
        pytest.param(known(TOTAL), known(says("v", VACUOUS), says("w", VACUOUS)),
                     [error("1 assertion held at the base, none here: of its assertions 2 cannot be false")],
                     id="those that are left cannot be false"),
        pytest.param(known(TOTAL), known(says("any", ANYTHING)),
                     [warning("1 assertion held at the base; now any exception will do")], id="any exception will do"),
        pytest.param(known(TOTAL), known(says("any", ANYTHING), failed=[TOTAL]),
                     [error(SWALLOWED), error("1 assertion held at the base, none here: "
                                              "of its assertions 1 failed and was swallowed")],
                     id="any exception will do, also that of an assertion"),
        pytest.param(known(), known(), [], id="boundary: there never was one"),
        pytest.param(known(*each("a b c")), known(*each("a b")), [warning("3 assertions held at the base, 2 here")],
                     id="fewer"),
        pytest.param(known(*each("a b")), known(*each("a c")), [], id="boundary: as many"),
    ],
)  # fmt: skip
def test_compare__assertions_that_are_gone__table(before: Asserted, now: Asserted, expected: list[Said]) -> None:
    assert said(before, now) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(known(*each("a total")), known(says("a"), failed=[TOTAL]),
                     [error(SWALLOWED)], id="it held at the base"),
        pytest.param(known(says("a")), known(says("a"), failed=[TOTAL]), [error(SWALLOWED)], id="it is new"),
        pytest.param(known(says("a")), known(*each("a b c d"), failed=[TOTAL]), [error(SWALLOWED)],
                     id="however many others hold"),
        pytest.param(known(says("a"), failed=[TOTAL]), known(says("a"), failed=[TOTAL]), [],
                     id="boundary: it failed at the base"),
        pytest.param(known(MEANT), known(MEANT, failed=[TOTAL]), [],
                     id="boundary: the test expects a failure, as it did"),
        pytest.param(known(says("a")), known(says("a"), MEANT, failed=[TOTAL]), [warning(SWALLOWED)],
                     id="boundary: the test expects a failure now"),
        pytest.param(known(*each("total")), known(MEANT, failed=[TOTAL]), [error(SWALLOWED)],
                     id="what held is expected to fail now"),
    ],
)  # fmt: skip
def test_compare__assertions_that_fail__table(before: Asserted, now: Asserted, expected: list[Said]) -> None:
    assert said(before, now) == expected


CALLS = known(says("f", SMOKE), says("g", SMOKE))


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(
            CALLS,
            known(),
            [error("it asserts nothing, and came through 2 calls at the base; here through none")],
            id="through none",
        ),
        pytest.param(
            CALLS,
            known(says("v", VACUOUS)),
            [error("it asserts nothing, and came through 2 calls at the base; here through none")],
            id="and what cannot be false",
        ),
        pytest.param(CALLS, known(says("f", SMOKE)), [], id="boundary: through one"),
        pytest.param(CALLS, known(TOTAL), [], id="it asserts instead"),
        pytest.param(
            known(says("f", SMOKE)),
            known(),
            [error("it asserts nothing, and came through 1 call at the base; here through none")],
            id="through the only one",
        ),
    ],
)
def test_compare__test_that_guards_by_not_raising__table(before: Asserted, now: Asserted, expected: list[Said]) -> None:
    assert said(before, now) == expected


HELPER = says("inner", function="check")
OWN_GONE = "1 assertion of its own held at the base, and none here: 1 in helpers alone"
FEWER = warning("2 assertions held at the base, 1 here")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(known(TOTAL, HELPER), known(HELPER), [error(OWN_GONE), FEWER], id="own gone"),
        pytest.param(known(TOTAL, HELPER), known(TOTAL), [FEWER], id="the helper's is gone"),
        pytest.param(known(TOTAL), known(HELPER), [], id="boundary: as many in a helper"),
        pytest.param(known(*each("a b")), known(HELPER), [FEWER], id="boundary: fewer, and new in a helper"),
        pytest.param(
            known(HELPER, says("x", function="check")), known(HELPER), [FEWER], id="boundary: it never had any"
        ),
        pytest.param(
            known(says("x", path="", function="test.txt"), HELPER),
            known(HELPER),
            [error(OWN_GONE), FEWER],
            id="a doctest's",
        ),
        pytest.param(
            known(says("x", function="TestA.test_add"), HELPER),
            known(HELPER),
            [error(OWN_GONE), FEWER],
            id="a method's",
        ),
    ],
)
def test_compare__own_assertions_and_those_of_helpers__table(
    before: Asserted, now: Asserted, expected: list[Said]
) -> None:
    assert said(before, now) == expected


_EQUAL = Statement("assert total == 3", subject="total", functions=("test_add",))
_VAGUE = Statement("assert total is not None", vague_of="total")
_OTHER = Statement("assert tax", vague_of="tax", functions=("check", "test_add"))


def texts(base: Statement | None = None, head: Statement | None = None, **more: Statement) -> Statements:
    """The statement whose form is "old" at the base, and that whose form is "new" here; ``more`` are here, too."""
    return Statements(base={FILE: {"old": base} if base else {}}, head={FILE: ({"new": head} if head else {}) | more})


OLD, NEW = says("old"), says("new")


@pytest.mark.parametrize(
    ("before", "now", "sources", "expected"),
    [
        pytest.param(known(OLD), known(NEW), texts(_EQUAL, _VAGUE),
                     [warning("'assert total == 3' became 'assert total is not None'")], id="says hardly more"),
        pytest.param(known(OLD), known(NEW), texts(_EQUAL, _OTHER), [], id="boundary: of something else"),
        pytest.param(known(OLD), known(NEW), texts(_EQUAL, _EQUAL), [], id="boundary: compares as well"),
        pytest.param(known(OLD), known(NEW), texts(_VAGUE, _VAGUE), [], id="boundary: it said no more at the base"),
        pytest.param(known(OLD), known(OLD, NEW), texts(_EQUAL, _VAGUE), [], id="boundary: it is still there"),
        pytest.param(known(OLD), known(*each("new other")), texts(_EQUAL, _VAGUE, other=_EQUAL), [],
                     id="boundary: something else says as much"),
        pytest.param(known(OLD), known(NEW), texts(_EQUAL), [], id="missing evidence: the text here"),
        pytest.param(known(OLD), known(NEW), texts(head=_VAGUE), [], id="missing evidence: the text at the base"),
        pytest.param(known(OLD), known(NEW), Statements(), [], id="missing evidence: any text"),
        pytest.param(known(*each("old a")), known(says("a")), texts(_EQUAL, old=_EQUAL),
                     [warning("it does not come to 'assert total == 3' any more")], id="it is not reached"),
        pytest.param(known(*each("old a b")), known(says("a")), texts(_EQUAL, old=_EQUAL, b=_OTHER),
                     [warning("it does not come to 'assert total == 3' and 1 more any more")], id="several are not"),
        pytest.param(known(*each("old a", function="check")), known(*each("a", function="check")),
                     texts(_EQUAL, old=_EQUAL), [warning("it does not come to 'assert total == 3' any more")],
                     id="a helper's stands in the test, and is not reached"),
        pytest.param(known(*each("old a")), known(*each("a c")),
                     texts(_EQUAL, old=_EQUAL._replace(functions=("f",))), [], id="boundary: another function has it"),
        pytest.param(known(*each("old a")), known(says("a")), texts(_EQUAL),
                     [warning("2 assertions held at the base, 1 here")], id="boundary: it is gone"),
    ],
)  # fmt: skip
def test_compare__statements_of_both_sides__table(
    before: Asserted, now: Asserted, sources: Statements, expected: list[Said]
) -> None:
    assert said(before, now, sources) == expected


def test_compare__long_text__is_cut() -> None:
    long = Statement(f"assert {'x' * 100} == 3", subject="x")
    sources = texts(long, Statement("assert x", vague_of="x"))
    assert said(known(OLD), known(NEW), sources) == [warning(f"'assert {'x' * 93}…' became 'assert x'")]


def raising(form: str, *raises: str) -> Asserted:
    return known(says(form, CONTEXT, raises=raises))


WIDER = Statements(
    base={FILE: {"old": Statement("with raises(KeyError)")}},
    head={FILE: {"new": Statement("with raises(...)"), "old": Statement("with raises(ERRORS)")}},
)
BECAME = "'with raises(KeyError)' became 'with raises(...)'"
KEY, LOOKUP = "KeyError<LookupError<Exception", "LookupError<Exception"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(raising("old", KEY), raising("new", LOOKUP), [BECAME], id="its base class"),
        pytest.param(raising("old", KEY), raising("new", "Exception"), [BECAME], id="a base class of its base class"),
        pytest.param(raising("old", KEY), raising("new", KEY, "OSError"), [BECAME], id="another beside it"),
        pytest.param(raising("old", KEY, "OSError"), raising("new", KEY, "Exception"), [BECAME], id="one of two"),
        pytest.param(raising("old", LOOKUP), raising("new", KEY), [], id="boundary: narrower"),
        pytest.param(raising("old", KEY, "OSError"), raising("new", KEY), [], id="boundary: one less"),
        pytest.param(raising("old", KEY), raising("new", "OSError"), [], id="boundary: another"),
        pytest.param(raising("old", KEY), raising("new", KEY), [], id="boundary: the same with another match"),
        pytest.param(raising("old"), raising("new", "Exception"), [], id="missing evidence: what it expected"),
        pytest.param(raising("old", KEY), raising("new"), [], id="missing evidence: what it expects"),
        pytest.param(raising("old", KEY), raising("old", KEY), [], id="the same words, the same exception"),
        pytest.param(raising("old", KEY), raising("old", LOOKUP),
                     ["'with raises(ERRORS)' expected KeyError at the base, and LookupError here"],
                     id="the same words, a wider exception"),
        pytest.param(raising("old", KEY), raising("old", KEY, "OSError"),
                     ["'with raises(ERRORS)' expected KeyError at the base, and KeyError or OSError here"],
                     id="the same words, another beside it"),
        pytest.param(raising("old", LOOKUP), raising("old", KEY), [], id="the same words, a narrower exception"),
    ],
)  # fmt: skip
def test_compare__exceptions_that_are_expected__table(before: Asserted, now: Asserted, expected: list[str]) -> None:
    assert [one for one in said(before, now, WIDER) if "come to" not in one.why] == [warning(why) for why in expected]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(4, 2, True, id="half"),
        pytest.param(4, 3, False, id="boundary: more than half"),
        pytest.param(3, 1, True, id="less than half"),
        pytest.param(2, 1, True, id="once instead of twice"),
        pytest.param(1, 1, False, id="once"),
        pytest.param(2, 5, False, id="more often"),
    ],
)
def test_compare__how_often_it_held__table(before: int, now: int, expected: bool) -> None:
    why = f"{IN_LINE_5} held {before} times at the base, {now} here"
    assert said(known(*[TOTAL] * before), known(*[TOTAL] * now)) == ([warning(why)] if expected else [])


@pytest.mark.parametrize(
    ("if_watched", "expected"),
    [
        pytest.param(
            True,
            [
                error(
                    "1 assertion held at the base, none here: "
                    "of its assertions 1 runs only while somebody traces the test"
                )
            ],
            id="failing",
        ),
        pytest.param(False, [], id="passing"),
    ],
)
def test_unwatched__assertion_that_runs_only_if_traced__counts_for_nothing(
    if_watched: bool, expected: list[Said]
) -> None:
    new = says("new")
    texts = Statements(head={FILE: {new.form: Statement("assert new", if_watched=if_watched)}})

    now = unwatched(known(new), texts.head)

    assert said(known(TOTAL), now, texts) == expected


def test_unwatched__source_is_not_known__counts() -> None:
    assert unwatched(known(TOTAL), {}).held == known(TOTAL).held
