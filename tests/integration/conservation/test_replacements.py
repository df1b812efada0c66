"""Declared replacements: a test that stands in for a lost one, named with `replaces`, and verified."""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import delete, replace, write
from integration.conservation.pairs import Lost, Pair, Passes, pair, table
from integration.conservation.taxes import (
    GONE,
    GOOD_BODY,
    LOST,
    MARK,
    NEW,
    REDUCED,
    REFUND_SOURCE,
    STAND_IN,
    TAX,
    TAXES,
    stand_in,
)
from repositories import Outcome


def replaced(*by: str, lost: tuple[str, ...] = (LOST,)) -> Passes:
    return Passes(replaced=dict.fromkeys(lost, frozenset(by)))


CLASS = f"""\
import pytest

from app.tax import tax


{MARK}
class TestRefunds:
    def test_many(self):
        amounts = [tax(net, 19) for net in (-10, -200)]
        assert amounts == [-1.9, -38.0]
"""
MODULE = f"import pytest\n\nfrom app.tax import tax\n\npytestmark = {MARK[1:]}\n\n\ndef test_stand_in():\n{GOOD_BODY}"
TWO = f"""\
import pytest

from app.tax import refund, tax


@pytest.mark.replaces("{LOST}", reason="the sign")
def test_sign():
    assert [tax(net, 19) < 0 for net in (-10, -200)] == [True, True]


@pytest.mark.replaces("{LOST}", reason="the amount")
def test_amount():
    assert [refund(net, 19) for net in (-10, -200)] == [-1.9, -38.0]
"""
WIDE = "\n\ndef test_refund():\n    assert [tax(-100, 7), tax(100, 7)] == [-7, 7]\n"
REWRITTEN = replace(
    "app/tax.py",
    "    amount = -net * rate / 100\n    return -round(amount, 2)\n",
    "    rounded = round(net * (rate / 100), 2)\n    return rounded\n",
)
BOTH_GONE = replace(TAX, f"\n\ndef test_reduced():\n    assert tax(200, 5) == 10\n{REFUND_SOURCE}", "")
PARAMETRISED = f"""\
import pytest

from app.tax import tax


{MARK}
@pytest.mark.parametrize("net", [-10, -200])
def test_stand_in(net):
    assert tax(net, 50) * 2 == net
"""
STRENGTHENED = f"""\
{MARK}
def test_reduced():
    assert tax(200, 5) == 10
    assert [tax(net, 5) for net in (-10, -200)] == [-0.5, -10.0]
"""
LEGACY = "tests/unit/test_legacy.py"
IN_LEGACY = f"{LEGACY}::Legacy::test_refund"
LEGACY_TEST = """\
    import unittest

    from app.tax import tax


    class Legacy(unittest.TestCase):
        def test_refund(self):
            self.assertEqual(tax(-100, 7), -7)
    """


@table(
    pair("R01", "on a function", replaced(STAND_IN), GONE, stand_in(GOOD_BODY), base=TAXES, xdist=True),
    pair("R02", "on a class", replaced(f"{NEW}::TestRefunds::test_many"), GONE, write(NEW, CLASS), base=TAXES),
    pair("R03", "in pytestmark", replaced(STAND_IN), GONE, write(NEW, MODULE), base=TAXES),
    pair("R04", "two tests for one", replaced(f"{NEW}::test_sign", f"{NEW}::test_amount"), GONE, write(NEW, TWO),
         base=TAXES),
    pair("R05", "one test for two, in one mark", replaced(STAND_IN, lost=(LOST, REDUCED)), BOTH_GONE,
         stand_in("    amounts = [tax(net, 19) for net in (-10, 200)]\n    assert amounts == [-1.9, 38.0]\n",
                  f'@pytest.mark.replaces("{LOST}", "{REDUCED}", reason="both at once")'), base=TAXES),
    pair("R06", "one test for two, in two marks", replaced(STAND_IN, lost=(LOST, REDUCED)), BOTH_GONE,
         stand_in("    amounts = [tax(net, 19) for net in (-10, 200)]\n    assert amounts == [-1.9, 38.0]\n",
                  f'{MARK}\n@pytest.mark.replaces("{REDUCED}", reason="too")'), base=TAXES),
    pair("R07", "for a test that is skipped", replaced(STAND_IN),
         replace(TAX, "def test_refund", '@pytest.mark.skip(reason="old")\ndef test_refund'), stand_in(GOOD_BODY),
         base=TAXES),
    pair("R08", "lines that others cover need not be covered", replaced(STAND_IN), replace(TAX, WIDE, ""),
         stand_in(GOOD_BODY), base=(*TAXES, replace(TAX, REFUND_SOURCE, WIDE))),
    pair("R09", "changed lines count by their function", replaced(STAND_IN), GONE, REWRITTEN, stand_in(GOOD_BODY),
         base=TAXES),
    pair("R10", "with parameters", Passes(replaced={LOST: frozenset({f"{STAND_IN}[-10]", f"{STAND_IN}[-200]"})}), GONE,
         write(NEW, PARAMETRISED), base=TAXES),
    pair("R11", "an old test that was strengthened", replaced(REDUCED), GONE,
         replace(TAX, "def test_reduced():\n    assert tax(200, 5) == 10\n", STRENGTHENED), base=TAXES),
    pair("R12", "for a unittest method", Passes(replaced={IN_LEGACY: frozenset({STAND_IN})}), delete(LEGACY),
         stand_in(GOOD_BODY, MARK.replace(LOST, IN_LEGACY)), base=(*TAXES, GONE, write(LEGACY, LEGACY_TEST))),
)  # fmt: skip
def test_run__a_lost_guard_has_a_good_replacement__passes(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


SMOKES = "tests/unit/test_speed.py"
SMOKE_TESTS = """\
    from app.tax import refund


    def test_refund_performance():
        refund(-100, 7)


    def test_refund_plain_performance():
        refund(-100, 0)
    """
LOOPED = f"""\
    import pytest

    from app.tax import refund


    @pytest.mark.replaces("{SMOKES}", reason="the same calls a hundred times")
    def test_refunds():
        for rate in (0, 7):
            for _ in range(100):
                refund(-100, rate)
    """
IN_SMOKES = tuple(f"{SMOKES}::test_refund{which}_performance" for which in ("", "_plain"))
CLASS_MARK = f'@pytest.mark.replaces("{LEGACY}::Legacy", reason="in the style of pytest")'
MORE_LEGACY = LEGACY_TEST + "\n        def test_none(self):\n            self.assertEqual(tax(0, 7), 0)\n"
OBJECTS = "tests/unit/test_money.py"
MONEY = (
    write("app/money.py", """\
        class Money:
            def __init__(self, text):
                whole, _, cents = text.partition(".")
                self.cents = int(whole) * 100 + int(cents or 0)
        """),
    write(OBJECTS, """\
        from app.money import Money


        def test_half():
            assert Money("1.50").cents == 150


        def test_whole():
            money = Money("2")
            assert money.cents == 200
        """),
)  # fmt: skip
TABLE = """\
    import pytest

    from app.money import Money

    AMOUNTS = [(Money("1.50"), 150), (Money("2"), 200), (Money("0.01"), 1)]


    @pytest.mark.parametrize(("money", "cents"), AMOUNTS)
    def test_cents(money, cents):
        assert money.cents == cents
    """
DECLARED = TABLE.replace(
    "@pytest.mark.param", f'@pytest.mark.replaces("{OBJECTS}", reason="rows of a table")\n    @pytest.mark.param'
).replace("money.cents == cents", "int(money.cents) == cents")
ROWS = frozenset(f"{OBJECTS}::test_cents[money{number}-{cents}]" for number, cents in enumerate((150, 200, 1)))


@table(
    pair("R13", "for a class", Passes(
        replaced=dict.fromkeys((IN_LEGACY, IN_LEGACY.replace("refund", "none")), frozenset({STAND_IN}))),
         delete(LEGACY),
         stand_in("    assert [tax(net, 19) for net in (-10, 0)] == [-1.9, 0]\n", CLASS_MARK),
         base=(*TAXES, GONE, write(LEGACY, MORE_LEGACY))),
    pair("R14", "for a file of tests that assert nothing, in a loop",
         Passes(replaced=dict.fromkeys(IN_SMOKES, frozenset({f"{SMOKES}::test_refunds"}))), write(SMOKES, LOOPED),
         base=(*TAXES, write(SMOKES, SMOKE_TESTS))),
    pair("R15", "rows of a table whose values are made when the file is imported",
         Passes(replaced=dict.fromkeys((f"{OBJECTS}::test_half", f"{OBJECTS}::test_whole"), ROWS)),
         write(OBJECTS, DECLARED), base=MONEY),
    pair("R16", "rows of a table whose values are read from the source, without a declaration",
         Passes(moved={f"{OBJECTS}::test_half": f"{OBJECTS}::test_cents[money0-150]",
                       f"{OBJECTS}::test_whole": f"{OBJECTS}::test_cents[money1-200]"}),
         write(OBJECTS, TABLE), base=MONEY),
)  # fmt: skip
def test_run__several_guards_have_one_replacement__passes(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("R17", "a trivial test for a file", Lost("removed", (LOST, REDUCED), also=("TK211",)), BOTH_GONE,
         stand_in("    assert tax(100, 7) == 7\n", f'@pytest.mark.replaces("{TAX}")'), base=TAXES),
    pair("R18", "what asserts nothing, for a file with a test that did", Lost("removed", (LOST,), also=("TK214",)),
         GONE, write(SMOKES, LOOPED.replace(f'"{SMOKES}"', f'"{TAX}"')), base=TAXES),
    pair("R19", "what swallows the failures of what it calls", Lost("removed", IN_SMOKES, also=("TK214",)),
         write(SMOKES, LOOPED.replace("for _ in range(100):\n                refund(-100, rate)",
                                      "try:\n                refund(-100, rate)\n"
                                      "            except Exception:\n                pass")),
         base=(*TAXES, write(SMOKES, SMOKE_TESTS))),
    pair("R19b", "a row that is another value", Lost("removed", (f"{OBJECTS}::test_whole",)),
         write(OBJECTS, TABLE.replace('(Money("2"), 200)', '(Money("3"), 300)')),
         base=(*MONEY, replace(OBJECTS, 'def test_half():\n    assert Money("1.50").cents == 150\n\n\n', ""))),
)  # fmt: skip
def test_run__several_guards_have_a_weak_replacement__blocks(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("R50", "and nothing else changes", Passes(), write("README.md", "text\n"),
         base=(*TAXES, GONE, stand_in(GOOD_BODY))),
    pair("R51", "and its test is changed", Passes(),
         replace(NEW, "(-10, -200)]\n    assert amounts == [-1.9, -38.0]",
                 "(-10, -100)]\n    assert amounts == [-1.9, -19.0]"), base=(*TAXES, GONE, stand_in(GOOD_BODY))),
    pair("R52", "and its test is renamed", Passes(moved={STAND_IN: f"{NEW}::test_refunds"}),
         replace(NEW, "def test_stand_in", "def test_refunds"), base=(*TAXES, GONE, stand_in(GOOD_BODY))),
)  # fmt: skip
def test_run__a_declaration_was_merged_earlier__is_history(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))
