"""What commands start, and whether they are given less to do."""

from __future__ import annotations

import pytest

from testkeep.model.commands import arguments_given, is_loosened, program_of


@pytest.mark.parametrize(
    ("command", "program", "arguments"),
    [
        pytest.param("zizmor --offline .", "zizmor", ("--offline", "."), id="a program"),
        pytest.param("python -m compileall -q app", "compileall", ("-q", "app"), id="a module"),
        pytest.param("/usr/bin/python3.12 -X dev -W error -mcompileall app", "compileall", ("app",), id="with options"),
        pytest.param("python --version", "python", ("--version",), id="boundary: Python alone"),
        pytest.param("python -c 'pass'", "python", ("-c", "pass"), id="code"),
        pytest.param("python scripts/check.py -v", "scripts/check.py", ("-v",), id="a script"),
        pytest.param("uv run --frozen zizmor .", "zizmor", (".",), id="through another program"),
        pytest.param("env CI=1 poetry run python -m a.b x", "a.b", ("x",), id="through several"),
        pytest.param("uv run", "uv", ("run",), id="boundary: nothing comes after"),
        pytest.param("true", "true", (), id="nothing to do"),
    ],
)
def test_program_of__table(command: str, program: str, arguments: tuple[str, ...]) -> None:
    assert (program_of(command), arguments_given(command)) == (program, arguments)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("--strict app", "--strict app", False, id="the same"),
        pytest.param("--strict app", "app", True, id="an option is gone"),
        pytest.param("app lib", "app", True, id="a folder is gone"),
        pytest.param("app", "app lib", False, id="a folder came"),
        pytest.param("app", "--pedantic app", False, id="an option came"),
        pytest.param("app", "--exit-zero app", True, id="it is not to fail"),
        pytest.param("app", "--ignore=E5 app", True, id="it is to ignore something"),
        pytest.param("", "--version", True, id="it only says its version"),
        pytest.param("a b", "b a", False, id="boundary: another order"),
        pytest.param("--line-length=100", "--line-length=88", False, id="another value, which says nothing"),
        pytest.param("--select=E,F", "--select=E", True, id="fewer rules"),
        pytest.param("", "", False, id="missing evidence: no arguments"),
    ],
)
def test_is_loosened__table(old: str, new: str, expected: bool) -> None:
    assert is_loosened(old.split(), new.split()) is expected
