"""Tests that are written in other words, because what they test or use has other names: they are the same tests."""

from __future__ import annotations

import pytest

from repositories import GitProject

_FILE = "tests/unit/test_words.py"
_TESTS = """\
from app.calc import add


def twice(number):
    return add(number, number)


def test_sum():
    assert add(2, 3) == 5


def test_twice():
    total = twice(4)
    assert total == 8


def test_runs():
    total = add(1, 1)
    total = add(total, total)
    add(total, 5)
"""
_ROW = '@pytest.mark.parametrize("number", [1, 7])\ndef test_it_runs(number):\n    total = add(number, 1)'


@pytest.fixture
def words(project: GitProject) -> GitProject:
    """A project with a test of a function, one with a helper, and one without an assertion."""
    project.commit({_FILE: _TESTS})
    return project


def _moved(project: GitProject) -> dict[str, str]:
    project.commit()
    run = project.testkeep("run", "unit")
    assert run.verdict is not None
    assert (run.exit_code, run.verdict.conservation.lost) == (0, ())
    return {one.from_.rpartition("::")[2]: one.to.rpartition("::")[2] for one in run.verdict.conservation.moved}


def test_run__function_is_renamed_and_its_test_after_it__is_the_same_test(words: GitProject) -> None:
    for file in ("app/calc.py", "tests/unit/test_calc.py", _FILE):
        text = (words.root / file).read_text()
        (words.root / file).write_text(text.replace("add(", "plus(").replace("import add", "import plus"))
    words.replace("tests/unit/test_calc.py", "def test_plus(", "def test_add(")
    words.replace(_FILE, "def test_sum", "def test_plus")

    assert _moved(words) == {"test_sum": "test_plus"}


def test_run__helper_is_renamed_and_a_test_after_it__is_the_same_test(words: GitProject) -> None:
    words.replace(_FILE, "def twice", "def doubled")
    words.replace(_FILE, "def test_twice():\n    total = twice(4)", "def test_doubled():\n    total = doubled(4)")

    assert _moved(words) == {"test_twice": "test_doubled"}


def test_run__test_without_an_assertion_becomes_a_row__is_the_same_test(words: GitProject) -> None:
    words.replace(_FILE, "def test_runs():\n    total = add(1, 1)", _ROW)
    words.replace(_FILE, "from app", "import pytest\n\nfrom app")

    assert _moved(words) == {"test_runs": "test_it_runs[1]"}


def test_run__another_text_is_given_to_a_renamed_test__is_lost(words: GitProject) -> None:
    words.commit({_FILE: f"{_TESTS}\n\ndef test_text():\n    assert add('a', 'b') == 'ab'\n"})
    words.replace(_FILE, "def test_text():\n    assert add('a', 'b')", "def test_texts():\n    assert add('', 'ab')")
    words.commit()

    run = words.testkeep("run", "unit")

    assert (run.exit_code, run.codes) == (1, ["TK203"])
    assert run.finding("TK203").test == f"{_FILE}::test_text"
