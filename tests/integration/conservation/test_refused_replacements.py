"""Declared replacements that do not hold: each is refused with its own code, and what was lost stays lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from integration.conservation.edits import Edit, append, delete, replace, write
from integration.conservation.pairs import Lost, LostSome, Pair, Passes, pair, says, seen, table
from integration.conservation.project import GUARD, GUARD_SOURCE, OTHER, A, hook
from integration.conservation.taxes import GONE, GOOD_BODY, LOST, MARK, NEW, POSITIVE, STAND_IN, TAX, TAXES, stand_in
from repositories import Outcome


@dataclass(frozen=True)
class Refused:
    """The declaration does not hold, and these tests stay lost."""

    code: str
    why: str = ""
    also: tuple[str, ...] = ()
    lost: tuple[str, ...] = (LOST,)

    def check(self, run: Outcome) -> None:
        result = seen(run)
        assert run.exit_code == 1, run.output
        assert {self.code} <= result.errors <= {self.code, "TK203", *self.also}, run.output
        assert (tuple(result.lost), result.replaced, result.moved) == (self.lost, {}, {}), run.output
        assert says(run, {self.code}, self.why), run.output


RAISING = "tests/unit/test_division.py"
DIVISION = write(RAISING, """\
    import pytest

    from app.calc import div


    def test_zero():
        with pytest.raises(ValueError, match="zero"):
            div(1, 0)
    """)  # fmt: skip
BARE = write(NEW, f"""\
    import pytest

    from app.calc import div


    @pytest.mark.replaces("{RAISING}::test_zero", reason="shorter")
    def test_stand_in():
        with pytest.raises(Exception):
            div(1, 0)
    """)  # fmt: skip
CALLS = "    amounts = [tax(net, 19) for net in (-10, -200)]\n"


def cannot_fail(id_: str, what: str, *lines: str) -> Pair:
    """Make a row in which the replacement covers all, and cannot fail."""
    return pair(
        id_, what, Refused("TK214"), GONE, stand_in(CALLS + "".join(f"    {line}\n" for line in lines)), base=TAXES
    )


@table(
    pair("R20", "it fails", Refused("TK210", "test_stand_in", also=("TK101",)), GONE,
         stand_in(GOOD_BODY.replace("-1.9", "1.9")), base=TAXES),
    pair("R21", "it is skipped", Refused("TK210", "test_stand_in"), GONE,
         stand_in(GOOD_BODY, f'{MARK}\n@pytest.mark.skip(reason="later")'), base=TAXES),
    pair("R22", "it is marked xfail", Refused("TK210", "test_stand_in"), GONE,
         stand_in(GOOD_BODY, f"{MARK}\n@pytest.mark.xfail"), base=TAXES),
    pair("R23", "it covers something else", Refused("TK211", "app/tax.py"), GONE,
         stand_in("    assert [tax(net, 19) for net in (10, 200)] == [1.9, 38.0]\n"), base=TAXES),
    pair("R24", "it misses one line", Refused("TK211", "app/tax.py:3"), GONE,
         stand_in("    assert [refund(net, 19) for net in (-10, -200)] == [-1.9, -38.0]\n"), base=TAXES),
    pair("R25", "it is an old test", Refused("TK212", "test_reduced"), GONE,
         replace(TAX, "def test_reduced", f"{MARK}\ndef test_reduced"), base=TAXES),
    cannot_fail("R30", "it asserts nothing"),
    cannot_fail("R31", "it asserts or True", "assert amounts == [-1.9, -38.0] or True"),
    cannot_fail("R32", "it asserts a constant", "assert True"),
    cannot_fail("R33", "it asserts a tuple", "assert (amounts == [], 'no')  # noqa: F631"),
    cannot_fail("R34", "it compares a value with itself", "assert amounts == amounts"),
    cannot_fail("R35", "its assertion is never reached", "return", "assert amounts == [-1.9, -38.0]"),
    cannot_fail("R36", "its assertion is swallowed", "try:", "    assert amounts == []", "except AssertionError:",
                "    pass"),
    pair("R37", "it expects any exception", Refused("TK214", lost=(f"{RAISING}::test_zero",)), BARE, delete(RAISING),
         base=(DIVISION,)),
)  # fmt: skip
def test_run__a_replacement_does_not_hold__is_refused_with_the_reason(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    pair.expected.check(judge(pair))


def names(target: str) -> Edit:
    """Declare a good test as the replacement of something."""
    return stand_in(GOOD_BODY, f'@pytest.mark.replaces("{target}", reason="all refunds at once")')


@dataclass(frozen=True)
class Unknown:
    """The declaration names what is not lost here; nothing else is lost but ``lost``."""

    why: str
    lost: tuple[str, ...] = ()

    def check(self, run: Outcome) -> None:
        result = seen(run)
        expected = {"TK213", "TK203"} if self.lost else {"TK213"}
        assert (run.exit_code, result.errors, tuple(result.lost)) == (1, expected, self.lost), run.output
        assert says(run, {"TK213"}, self.why), run.output


CYCLE = write(NEW, f"""\
    from pytest import mark

    from app.tax import tax


    @mark.replaces("{NEW}::test_b")
    def test_a():
        assert tax(-10, 19) == -1.9


    @mark.replaces("{NEW}::test_a")
    def test_b():
        assert tax(-20, 19) == -3.8
    """)  # fmt: skip


@table(
    pair("R40", "a typo, with the nearest id", Unknown(LOST, lost=(LOST,)), GONE,
         names(LOST.replace("refund", "refnud")), base=TAXES),
    pair("R41", "a test that nobody knows", Unknown("test_unheard_of"), names(f"{TAX}::test_unheard_of"), base=TAXES),
    pair("R42", "a test that still guards", Unknown(POSITIVE), names(POSITIVE), base=TAXES),
    pair("R43", "itself", Unknown(STAND_IN), names(STAND_IN), base=TAXES),
    pair("R44", "one another", Unknown(f"{NEW}::test_a"), CYCLE, base=TAXES),
    pair("R45", "a file", Unknown(TAX), names(TAX), base=TAXES),
)  # fmt: skip
def test_run__a_replacement_names_what_is_not_lost__is_an_error(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


TWIN = f"{A}::test_twin"
TWIN_SOURCE = "\n\ndef test_twin():\n    assert sub(3, 2) == 1\n"
FOR_TWIN = replace(A, "def test_other", f'@pytest.mark.replaces("{TWIN}", reason="a duplicate")\ndef test_other')


WORDS = """

@pytest.mark.parametrize("word", ["a", "a", "b"])
def test_word(word):
    assert add(word, "c").startswith(word)
"""
TWICE = (f"{A}::test_word[a0]", f"{A}::test_word[a1]")
IN_CLASSES = "tests/unit/test_classes.py"
TWO_CLASSES = """\
    import pytest

    from app.calc import add


    class TestOne:
        @pytest.fixture
        def number(self):
            return 1

        def test_add(self, number):
            assert add(number, 1) > 0


    class TestTwo:
        @pytest.fixture
        def number(self):
            return 2

        def test_add(self, number):
            assert add(number, 1) > 0
    """
SECOND = TWO_CLASSES[TWO_CLASSES.index("\n\n    class TestTwo") :]
OF_TWO = f"{IN_CLASSES}::TestTwo::test_add"
AROUND = """\
    import pytest


    @pytest.fixture(autouse=True)
    def around(monkeypatch):
        yield
    """
STUB = AROUND.replace("yield", 'monkeypatch.setattr("test_a.sub", lambda a, b: a - b)')
PLAIN = AROUND.replace("monkeypatch", "")


@table(
    pair("L17", "without a declaration", Passes(replaced={TWIN: frozenset({OTHER})}), replace(A, TWIN_SOURCE, ""),
         base=(append(A, TWIN_SOURCE),)),
    pair("L17b", "and the unchanged survivor declares it", Passes(replaced={TWIN: frozenset({OTHER})}),
         replace(A, TWIN_SOURCE, ""), FOR_TWIN, base=(append(A, TWIN_SOURCE),)),
    pair("L17c", "and the strengthened survivor declares it", Passes(replaced={TWIN: frozenset({OTHER})}),
         replace(A, TWIN_SOURCE, ""), FOR_TWIN,
         replace(A, "    assert sub(3, 2) == 1\n", "    assert sub(3, 2) == 1\n    assert sub(2, 3) == -1\n"),
         base=(append(A, TWIN_SOURCE),)),
    pair("W44", "and its twin is renamed",
         Passes(either=dict.fromkeys((TWIN, OTHER), frozenset({f"{A}::test_rest"}))), replace(A, TWIN_SOURCE, ""),
         replace(A, "def test_other", "def test_rest"), base=(append(A, TWIN_SOURCE),)),
    pair("L17k", "and a fixture around its twin asserts more", Passes(replaced={TWIN: frozenset({OTHER})}),
         replace(A, TWIN_SOURCE, ""), hook(PLAIN.replace("yield", "assert pytest")),
         base=(append(A, TWIN_SOURCE), hook(PLAIN))),
    pair("L17i", "of a row", Passes(either=dict.fromkeys(TWICE, frozenset({f"{A}::test_word[a]"}))),
         replace(A, '["a", "a", "b"]', '["a", "b"]'), base=(append(A, WORDS),)),
    pair("L17d", "of two classes with the same fixture",
         Passes(replaced={OF_TWO: frozenset({f"{IN_CLASSES}::TestOne::test_add"})}),
         write(IN_CLASSES, TWO_CLASSES.replace(SECOND, "").replace("return 2", "return 1")),
         base=(write(IN_CLASSES, TWO_CLASSES.replace("return 2", "return 1")),)),
)  # fmt: skip
def test_run__a_duplicate_is_removed__its_twin_stands_for_it(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("L17e", "its class has another fixture", Lost("removed", (OF_TWO,)),
         write(IN_CLASSES, TWO_CLASSES.replace(SECOND, "")), base=(write(IN_CLASSES, TWO_CLASSES),)),
    pair("L17f", "and the twin is emptied",
         LostSome(TWIN, OTHER, codes=("TK203", "TK206")), replace(A, TWIN_SOURCE, ""),
         replace(A, "    assert sub(3, 2) == 1\n", "    sub(3, 2)\n"), base=(append(A, TWIN_SOURCE),)),
    pair("L17g", "and the twin is skipped", LostSome(TWIN, OTHER, codes=("TK201", "TK203")),
         replace(A, TWIN_SOURCE, ""), replace(A, "def test_other", "@pytest.mark.skip\ndef test_other"),
         base=(append(A, TWIN_SOURCE),)),
    pair("L17j", "and a fixture puts a stub in the place of what the twin calls", Lost("removed", (TWIN,)),
         replace(A, TWIN_SOURCE, ""), hook(STUB), base=(append(A, TWIN_SOURCE), hook(AROUND))),
    pair("L17h", "and the twin with it", Lost("removed", (TWIN, OTHER)), replace(A, TWIN_SOURCE, ""),
         replace(A, TWIN_SOURCE.replace("twin", "other"), ""), base=(append(A, TWIN_SOURCE),)),
)  # fmt: skip
def test_run__what_looks_like_a_duplicate_is_removed__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


SIMILAR = "\n\ndef test_sum():\n    total = add(1, 2)\n    assert total >= 3\n    assert total < 10\n"


@table(
    pair("R60", "a new test is like it", Lost("removed", (GUARD,), f'@pytest.mark.replaces("{GUARD}"'),
         replace(A, GUARD_SOURCE, ""), append(A, SIMILAR)),
)  # fmt: skip
def test_run__a_guard_is_removed__says_what_to_paste_and_who_might_stand_in(
    pair: Pair, judge: Callable[[Pair], Outcome]
) -> None:
    run = judge(pair)

    pair.expected.check(run)
    assert says(run, {"TK203"}, "[[tool.testkeep.waivers]]")
    assert says(run, {"TK203"}, f"{A}::test_sum")
