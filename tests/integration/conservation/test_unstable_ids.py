"""Parametrized tests whose ids are other ones in every run: compared by function and number, and said once."""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import append, rename, replace, write
from integration.conservation.pairs import Lost, Pair, Passes, concerning, pair, table
from integration.conservation.project import EVERYTHING
from repositories import Outcome

T = "tests/unit/test_tokens.py"
TOKENS = f"{T}::test_tokens"
FIXTURE = f"{T}::test_fixture"
SOURCE = """\
import uuid

import pytest

from app.calc import add


@pytest.fixture(params=[uuid.uuid4() for _ in range(2)], ids=str)
def token(request):
    return request.param


@pytest.mark.parametrize("left", [uuid.uuid4() for _ in range(3)], ids=str)
@pytest.mark.parametrize("size", [1, 2])
def test_tokens(left, size):
    assert add(left.int, size) == left.int + size


def test_fixture(token):
    assert add(token.int, 1) == token.int + 1
"""
BASE = (write(T, SOURCE),)
A_REMARK = append("app/calc.py", "\n# a remark\n")
NUMBER = len(EVERYTHING) + 8
SMALL_AND_LARGE = (f"{TOKENS}[size=1, #3]", f"{TOKENS}[size=2, #3]")
FIXTURE_SOURCE = "\n\ndef test_fixture(token):\n    assert add(token.int, 1) == token.int + 1\n"
RANDOM = "[uuid.uuid4() for _ in range(3)], ids=str"


@table(
    pair("U01", "nothing changes", Passes(warning="TK207", kept=NUMBER), A_REMARK, base=BASE),
    pair("U02", "the file is moved", Passes(warning="TK207", moved={
        **{f"{TOKENS}[size={size}, #{n}]": f"tests/unit/test_ids.py::test_tokens[size={size}, #{n}]"
           for size in (1, 2) for n in (1, 2, 3)},
        **{f"{FIXTURE}[#{n}]": f"tests/unit/test_ids.py::test_fixture[#{n}]" for n in (1, 2)}}),
         rename(T, "tests/unit/test_ids.py"), base=BASE),
    pair("U03", "the change gives them fixed ids and values", Passes(kept=NUMBER),
         replace(T, RANDOM, '[uuid.UUID(int=n) for n in range(3)], ids=["a", "b", "c"]'),
         replace(T, "params=[uuid.uuid4() for _ in range(2)], ids=str", "params=[uuid.UUID(int=1), uuid.UUID(int=2)]"),
         base=BASE),
    pair("U04", "a set more", Passes(warning="TK207", kept=NUMBER), replace(T, "range(3)", "range(4)"), base=BASE),
    pair("U05", "a set less", Lost("removed", SMALL_AND_LARGE, "this set of parameters is gone"),
         replace(T, "range(3)", "range(2)"), base=BASE),
    pair("U06", "a steady parameter has a value less",
         Lost("removed", tuple(f"{TOKENS}[size=2, #{n}]" for n in (1, 2, 3)), "this set of parameters is gone"),
         replace(T, "[1, 2])", "[1])"), base=BASE),
    pair("U07", "one of the sets is skipped", Lost("skipped", SMALL_AND_LARGE, "later"),
         replace(T, RANDOM, '[*[uuid.uuid4() for _ in range(2)], pytest.param(uuid.uuid4(), marks=pytest.mark.skip'
                 '(reason="later"))], ids=str'), base=BASE),
    pair("U08", "the function is removed", Lost("removed", tuple(f"{FIXTURE}[#{n}]" for n in (1, 2))),
         replace(T, FIXTURE_SOURCE, ""),
         replace(T, RANDOM, "[uuid.uuid4() for _ in range(3)], ids=repr"), base=BASE),
    pair("U12", "a test with random ids replaces another", Passes(replaced={
        f"{FIXTURE}[#{n}]": frozenset(f"{T}::test_again[#{m}]" for m in (1, 2, 3)) for n in (1, 2)}, warning="TK207"),
         replace(T, FIXTURE_SOURCE, f"""

@pytest.mark.replaces("{FIXTURE}", reason="without a fixture")
@pytest.mark.parametrize("token", {RANDOM})
def test_again(token):
    total = add(token.int, 2)
    assert total == token.int + 2
"""), base=BASE),
    pair("U09", "the number of sets varies, too", Passes(warning="TK207"), A_REMARK,
         base=(write(T, SOURCE.replace("range(3)", "range(1 + uuid.uuid4().int % 50)")),)),
)  # fmt: skip
def test_gate__ids_change_from_run_to_run__compares_by_function_and_number(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("U10", "where the ids come from", Passes(warning="TK207"), A_REMARK, base=BASE),
)  # fmt: skip
def test_unstable_ids__a_mark_and_a_fixture__each_is_named_once_with_its_line(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    found = concerning(judge(pair), "TK207")

    assert {(one.path, one.line, one.test) for one in found} == {(T, 8, FIXTURE), (T, 13, TOKENS)}


@table(
    pair("U11", "values from a set", Passes(), replace(T, "def value(", "# another remark\ndef value("), base=(
        write(T, """\
            import pytest

            from app.calc import add


            class Size:
                def __init__(self, value):
                    self.value = value


            @pytest.mark.parametrize("size", {*map(str, range(30))}, ids=lambda _: "")
            def test_sizes(size):
                assert add(int(size), 1) == int(size) + 1


            def value(one):
                return one
            """),)),
)  # fmt: skip
def test_weakened__values_of_a_set_come_in_another_order__says_nothing(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    run = judge(pair)

    pair.expected.check(run)
    assert (concerning(run, "TK206"), concerning(run, "TK207")) == ([], [])
