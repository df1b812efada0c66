"""Changes that take nothing away: what did not guard at the base, or guards at the head in another place."""

from __future__ import annotations

from collections.abc import Callable

from integration.conservation.edits import append, delete, rename, replace, write
from integration.conservation.pairs import Lost, Pair, Passes, pair, table
from integration.conservation.project import CASE, DIV, EVERYTHING, HELPED, A, B, above_guard, in_a, in_module
from repositories import Outcome

SKIPPED = '\n\n@pytest.mark.skip(reason="not on this platform")\ndef test_elsewhere():\n    assert add(1, 1) == 2\n'
BROKEN = "\n\ndef test_broken():\n    assert add(1, 1) == 3\n"
MARKED = '\n\n@pytest.mark.xfail(reason="4711")\ndef test_late():\n    assert add(1, 1) == 3\n'
LATE = "\n\ndef test_late():\n    assert add(1, 1) == 2\n"


@table(
    pair("L19", "skipped at the base already", Passes(kept=len(EVERYTHING)),
         replace(A, "not on this platform", "never"), base=(in_a(SKIPPED),)),
    pair("L19b", "skipped at the base, deleted now", Passes(kept=len(EVERYTHING)), replace(A, SKIPPED, ""),
         base=(in_a(SKIPPED),)),
    pair("L20", "skipif of another platform", Passes(kept=len(EVERYTHING)), in_module("import sys"),
         above_guard('@pytest.mark.skipif(sys.platform == "win32", reason="no fork")')),
    pair("L25", "failed at the base, deleted now", Passes(kept=len(EVERYTHING)), replace(A, BROKEN, ""),
         base=(in_a(BROKEN),)),
    pair("L26", "xfail removed and mended", Passes(kept=len(EVERYTHING)), replace(A, MARKED, LATE),
         base=(in_a(MARKED),)),
    pair("L26b", "xfail becomes strict", Passes(kept=len(EVERYTHING)), replace(A, '"4711")', '"4711", strict=True)'),
         base=(in_a(MARKED),)),
    pair("L34", "a test added", Passes(kept=len(EVERYTHING)), in_a("\n\ndef test_new():\n    assert add(0, 0) == 0\n")),
    pair("L35", "no test touched", Passes(kept=len(EVERYTHING)), write("README.md", "text\n")),
    pair("L36", "formatting and comments", Passes(kept=len(EVERYTHING)),
         replace(A, "    total = add(1, 2)\n", "\n    # one and two\n    total = add(1,\n                2)\n")),
)  # fmt: skip
def test_run__no_guard_of_the_base_is_touched__passes(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


BOTH_STAGES = ("unit", "integration")


@table(
    pair("L27", "marked for another stage that runs", Passes(kept=len(EVERYTHING)),
         above_guard("@pytest.mark.integration"), stages=BOTH_STAGES),
    pair("L27b", "moved to the folder of another stage", Passes(moved={DIV: "tests/integration/test_b.py::test_div"}),
         rename(B, "tests/integration/test_b.py"), stages=BOTH_STAGES),
    pair("L27c", "marked for a stage that this partial run leaves out", Passes(kept=len(EVERYTHING) - 1),
         above_guard("@pytest.mark.integration")),
    pair("L27d", "moved beside the code", Passes(moved={DIV: "app/test_b.py::test_div"}), rename(B, "app/test_b.py")),
)  # fmt: skip
def test_run__a_guard_runs_in_another_stage_or_root__is_no_loss(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


TEXTS = "tests/unit/test_texts.py"
TEXT_TEST = """\
    import pytest


    @pytest.mark.parametrize("text", ["a::b", "[x]", "größe", "a b/c"])
    def test_text(text):
        assert text.strip() == text
    """
IDS = ("a::b", "[x]", r"gr\xf6\xdfe", "a b/c")


def texts(name: str) -> list[str]:
    return [f"{TEXTS}::{name}[{value}]" for value in IDS]


@table(
    pair("O01", "ids with colons, brackets and non-ASCII characters are kept", Passes(kept=len(EVERYTHING) + 4),
         write("README.md", "text\n"), base=(write(TEXTS, TEXT_TEST),)),
    pair("O02", "ids with colons, brackets and non-ASCII characters are renamed",
         Passes(moved=dict(zip(texts("test_text"), texts("test_word"), strict=True))),
         replace(TEXTS, "def test_text", "def test_word"), base=(write(TEXTS, TEXT_TEST),)),
    pair("O03", "a base without tests", Passes(kept=0), rename("kept/unit", "tests/unit"),
         base=(rename("tests", "kept"), write("pytest.ini", "[pytest]\nnorecursedirs = kept\n"))),
    pair("O04", "the project moves into a folder", Passes(kept=len(EVERYTHING)), rename("app", "backend/app"),
         rename("tests", "backend/tests"), rename("pyproject.toml", "backend/pyproject.toml"), folder="backend"),
)  # fmt: skip
def test_run__odd_input__is_judged_all_the_same(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


EACH_TWICE = "def pytest_collection_modifyitems(items):\n    items.extend(list(items))\n"


@table(
    pair("O05", "every test runs twice", Passes(kept=len(EVERYTHING)), write("README.md", "text\n"),
         base=(write("conftest.py", EACH_TWICE),)),
    pair("O06", "a second file of the same name", Passes(kept=len(EVERYTHING)), write("tests/__init__.py", ""),
         write("tests/integration/test_b.py", "def test_div():\n    assert 1\n"),
         append("pyproject.toml",
                '\n[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\npythonpath = ["tests/unit"]\n')),
)  # fmt: skip
def test_run__names_repeat__keeps_all(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


@table(
    pair("O07", "a head without tests", Lost("removed", EVERYTHING, "is gone", also=("TK107",)),
         *(delete(name) for name in (A, B, CASE, HELPED))),
)  # fmt: skip
def test_run__no_test_is_left__all_are_lost(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))


SECOND_ROOT = "more/unit/test_b.py"
TWO_ROOTS = (
    write("pytest.ini", """\
        [pytest]
        testpaths = tests more
        addopts = --import-mode=importlib
        pythonpath = . tests/unit
        """),
    write(SECOND_ROOT, "from app.calc import div\n\n\ndef test_div():\n    assert div(9, 3) == 3\n"),
)  # fmt: skip


@table(
    pair("O08", "two roots with files of one name", Passes(kept=len(EVERYTHING) + 1), write("README.md", "text\n"),
         base=TWO_ROOTS),
    pair("O09", "one of two roots is renamed",
         Passes(moved={f"{SECOND_ROOT}::test_div": "extra/unit/test_b.py::test_div"}),
         rename("more", "extra"), replace("pytest.ini", "tests more", "tests extra"), base=TWO_ROOTS),
    pair("O10", "one of two roots is not looked into any more", Lost("not collected", (f"{SECOND_ROOT}::test_div",)),
         replace("pytest.ini", "tests more", "tests"), base=TWO_ROOTS),
)  # fmt: skip
def test_run__two_roots__are_told_apart(pair: Pair, judge: Callable[[Pair], Outcome]) -> None:
    pair.expected.check(judge(pair))
