"""What a person can paste."""

from __future__ import annotations

import ast
import datetime

import msgspec
import pytest

from builders import A_TEST, TODAY
from inspections import a_loss
from testkeep.formats.policy_toml import loads
from testkeep.model.comparison import Candidate, Loss, LostTest
from testkeep.rules.advice import advise

ADVICE = """\
Put the test back.
Most like it:
    t.py::test_n (87 % alike; does not run a.py:1, a.py:3 and b.py:2)
If another test stands for it, say so there, and testkeep verifies it:
    @pytest.mark.replaces("tests/unit/test_cart.py::test_add", reason="…")
Or record a waiver on the base branch:
    [[tool.testkeep.waivers]]
    test = "tests/unit/test_cart.py::test_add"
    rule = "TK203"
    reason = "…"
    owner = "…"
    expires = 2026-12-20"""


def likely(*misses: str, test_id: str = A_TEST, likeness: float = 0.879) -> LostTest:
    candidate = Candidate(test="t.py::test_n", likeness=likeness, misses=misses)
    return msgspec.structs.replace(a_loss(test_id), candidates=(candidate,))


def test_advise__lost_test_with_a_candidate__is_this_text() -> None:
    shown = ADVICE.replace(" and b.py", ", b.py")
    assert advise([likely("a.py:1", "a.py:3", "b.py:2")], "TK203", TODAY) == shown


@pytest.mark.parametrize(
    ("misses", "said"),
    [
        pytest.param(None, "t.py::test_n (87 % alike)", id="nobody has looked"),
        pytest.param((), "t.py::test_n (87 % alike; runs all that it ran)", id="nothing is missed"),
        pytest.param(("a:1", "a:2", "a:3", "a:4"), "does not run a:1, a:2, a:3, a:4)", id="boundary: four places"),
        pytest.param(("a:1", "a:2", "a:3", "a:4", "a:5"), "a:3, a:4 and 1 more)", id="boundary: five places"),
    ],
)
def test_advise__candidate__says_what_it_misses(misses: tuple[str, ...] | None, said: str) -> None:
    candidate = Candidate(test="t.py::test_n", likeness=0.879, misses=misses)
    loss = msgspec.structs.replace(a_loss(), candidates=(candidate,))
    assert said in advise([loss], "TK203", TODAY)


def test_advise__every_way_of_losing__has_its_own_way_back() -> None:
    ways = {advise([a_loss(how=how)], "TK201", TODAY).partition("\n")[0] for how in Loss}
    assert len(ways) == len(Loss)


def test_advise__several_tests__says_which_candidates_are_whose() -> None:
    losses = [likely(test_id=f"t.py::test_{number}") for number in range(12)]
    lines = advise(losses, "TK203", TODAY).splitlines()
    assert [line for line in lines if line.startswith("Most like")] == [f"Most like t.py::test_{n}:" for n in range(10)]
    assert "2 more have candidates; verdict.json has all." in lines


@pytest.mark.parametrize(
    "test_id",
    [
        pytest.param("t.py::test_x[a::b]", id="colons"),
        pytest.param('t.py::test_x["a"]', id="quotes"),
        pytest.param("t.py::test_x[\\n-\\u1234]", id="escapes"),
        pytest.param("t.py::test_x[größe]", id="no ASCII"),
    ],
)
def test_advise__odd_id__can_be_pasted(test_id: str) -> None:
    lines = [line.strip() for line in advise([a_loss(test_id)], "TK203", TODAY).splitlines()]
    mark = next(line for line in lines if line.startswith("@"))
    call = ast.parse(mark.removeprefix("@"), mode="eval").body
    assert isinstance(call, ast.Call)
    assert ast.literal_eval(call.args[0]) == test_id
    waiver = "\n".join(lines[lines.index("[[tool.testkeep.waivers]]") :])
    assert loads(waiver, "pyproject.toml").waivers[0].test == test_id


def test_advise__last_day_of_the_calendar__does_not_overflow() -> None:
    assert advise([a_loss()], "TK203", datetime.date.max).endswith("expires = 9999-12-31")


@pytest.mark.parametrize(
    ("lost", "name"),
    [
        pytest.param(["t.py::test_a[1]", "t.py::test_a[2]"], "t.py::test_a", id="rows of a function"),
        pytest.param(["t.py::TestA::test_a", "t.py::TestA::test_b"], "t.py::TestA", id="tests of a class"),
        pytest.param(["t.py::TestA::test_a", "t.py::test_b"], "t.py", id="tests of a file"),
        pytest.param(["t.py::test_a[1]"], "t.py::test_a[1]", id="boundary: one test"),
        pytest.param(["t.py::test_a", "u.py::test_a"], "t.py::test_a", id="boundary: two files have no name in common"),
    ],
)
def test_advise__several_tests__proposes_one_mark_and_one_waiver(lost: list[str], name: str) -> None:
    text = advise([a_loss(test_id) for test_id in lost], "TK203", TODAY)
    assert f'    @pytest.mark.replaces("{name}", reason="…")' in text.splitlines()
    assert f'    test = "{name}"' in text.splitlines()


def test_advise__id_that_fills_the_screen__names_its_function() -> None:
    said = advise([a_loss(f"t.py::test_x[{'a' * 10_000}]")], "TK203", TODAY)
    assert ('test = "t.py::test_x"' in said, max(map(len, said.splitlines())) < 200) == (True, True)
