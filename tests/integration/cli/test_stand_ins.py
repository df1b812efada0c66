"""Tests that keep their assertions and do not test the code any more, or only while somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from integration.cli.covered_project import covered_project
from repositories import GitProject

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow

CALC = "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n"
CART = "from app import calc\n\n\nclass Cart:\n    def total(self):\n        return calc.add(1, 2)\n"
TEST = """\
    import os
    import sys
    from unittest import mock

    import pytest

    from app import calc
    from app.calc import add
    from app.cart import Cart


    {more}
    def test_sum({given}):
        {first}
        total = add(1, 2) + calc.sub(1, 1) + Cart().total()
        {last}


    def test_other():
        assert add(0, 0) + calc.sub(2, 2) + Cart().total() == 3
    """


def _test(first: str = "pass", last: str = "assert total == 6", given: str = "", more: str = "") -> str:
    return TEST.format(first=first, last=last, given=given, more=more)


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    files = {"app/calc.py": CALC, "app/cart.py": CART, "tests/unit/test_sums.py": _test()}
    return covered_project(tmp_path / "repository", files)


STUB = "monkeypatch.setattr('app.calc.sub', lambda a, b: 0)\n"
AUTOUSE = f"@pytest.fixture(autouse=True)\n    def stub(monkeypatch):\n        {STUB}\n\n"
CONFTEST = f"import pytest\n\n\n@pytest.fixture(autouse=True)\ndef stub(monkeypatch):\n    {STUB}"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"t": _test("mock.patch('app.calc.sub', return_value=0).start()")}, id="mock.patch, started"),
        pytest.param({"t": _test("mock.patch.object(calc, 'sub', return_value=0).start()")}, id="mock.patch.object"),
        pytest.param({"t": _test(more="@mock.patch('test_sums.add', lambda a, b: 3)")}, id="a decorator"),
        pytest.param(
            {"t": _test("monkeypatch.setattr(calc, 'sub', lambda *_: 0)", given="monkeypatch")}, id="monkeypatch"
        ),
        pytest.param(
            {"t": _test("monkeypatch.setattr(Cart, 'total', lambda self: 3)", given="monkeypatch")}, id="a method"
        ),
        pytest.param({"t": _test(more=AUTOUSE)}, id="a fixture"),
        pytest.param({"tests/unit/conftest.py": CONFTEST}, id="a fixture in a new conftest"),
    ],
)
def test_stub_takes_the_place_of_code_that_ran__is_a_warning(project: GitProject, files: Mapping[str, str]) -> None:
    project.commit(
        {name.replace("t", "tests/unit/test_sums.py") if name == "t" else name: text for name, text in files.items()}
    )

    run = project.testkeep("run")

    found = [one for one in run.findings if one.code == "TK206"]
    assert (run.exit_code, {one.severity for one in found}) == (0, {"warning"}), run.output
    assert "puts something in the place of code of app/" in found[0].message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_test("monkeypatch.setenv('X', '1')", given="monkeypatch"), id="a variable"),
        pytest.param(_test("mock.patch('os.getlogin').start()"), id="a library"),
        pytest.param(_test("mock.patch('sys.argv', []).start()"), id="a value"),
        pytest.param(_test(last="assert total == 6, 'text'"), id="another text"),
    ],
)
def test_stub_is_for_something_else__says_nothing(project: GitProject, text: str) -> None:
    project.commit({"tests/unit/test_sums.py": text})

    run = project.testkeep("run")

    assert (run.exit_code, run.codes) == (0, []), run.output


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_test(last="if sys.gettrace() is not None:\n            assert total is not None"), id="traced"),
        pytest.param(
            _test(last="if not sys.gettrace():\n            return\n        assert total > 0"), id="a way out"
        ),
        pytest.param(
            _test(last="if TRACED:\n            assert total > 0", more="TRACED = sys.gettrace()\n\n\n"), id="a name"
        ),
        pytest.param(_test(last="if 'coverage' in sys.modules:\n            assert total > 0"), id="coverage is there"),
    ],
)
def test_assertion_runs_only_while_somebody_looks__is_an_error(project: GitProject, text: str) -> None:
    project.commit({"tests/unit/test_sums.py": text, "app/calc.py": CALC.replace("a + b", "a + b + (a > 0)")})

    run = project.testkeep("run", COVERAGE_CORE="ctrace")

    assert (run.exit_code, run.finding("TK206").severity) == (1, "error"), run.output
