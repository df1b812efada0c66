"""What static tools print to complaints."""

from __future__ import annotations

import pytest

from testkeep.formats.complaints import loads
from testkeep.model.static_tool import Complaint

_SOURCE = "import os\n\n\nclass Cart:\n    def add(self):\n        return 1\n"


def _read(path: str) -> str:
    return _SOURCE if path == "app/a.py" else ""


def _at(line: int, message: str, code: str, function: str = "") -> Complaint:
    return Complaint(message=message, code=code, path="app/a.py", line=line, function=function)


_UNFORMATTED = Complaint(message="is not formatted", path="app/a.py")


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param(
            "app/a.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n",
            [_at(1, "`os` imported but unused", "F401")],
            id="ruff",
        ),
        pytest.param(
            "app/a.py:1:1: invalid-syntax: Expected an expression",
            [_at(1, "Expected an expression", "invalid-syntax")],
            id="ruff, no Python",
        ),
        pytest.param(
            "./app/a.py:6:9: E501 line too long (99 > 79 characters)\n",
            [_at(6, "line too long (99 > 79 characters)", "E501", "Cart.add")],
            id="flake8, in a method",
        ),
        pytest.param(
            'app/a.py:4: error: Name "x" is not defined  [name-defined]\n'
            "app/a.py:4: note: See the docs\nFound 1 error in 1 file (checked 2 source files)\n",
            [_at(4, 'Name "x" is not defined', "name-defined", "Cart")],
            id="mypy, without its notes",
        ),
        pytest.param(
            "would reformat /p/app/a.py\n\nOh no!\n1 file would be reformatted.\n", [_UNFORMATTED], id="black"
        ),
        pytest.param("Would reformat: app/a.py\n1 file would be reformatted\n", [_UNFORMATTED], id="ruff format"),
        pytest.param(
            "app/a.py:1:6: unformatted: File would be reformatted\n1 file would be reformatted, 3 files left alone\n",
            [_UNFORMATTED],
            id="ruff format with findings",
        ),
        pytest.param(
            "unformatted: File would be reformatted\n --> app/a.py:1:6\n  |\n  - x = {  }\n1 + x = {}\n  |\n\n"
            "invalid-syntax: unexpected EOF\n --> app/a.py:6:7\n  |\n1 | x = (\n\n1 file would be reformatted\n",
            [_UNFORMATTED, _at(6, "unexpected EOF", "invalid-syntax", "Cart.add")],
            id="ruff format in its long form",
        ),
        pytest.param(
            "F401 [*] `os` imported but unused\n --> app/a.py:1:8\n  |\n1 | import os\n  |        ^^\n\nFound 1 error.",
            [_at(1, "`os` imported but unused", "F401")],
            id="ruff in its long form",
        ),
        pytest.param(
            "error: Failed to parse app/a.py:6:1: unexpected EOF while parsing\nWould reformat: app/a.py\n",
            [_at(6, "unexpected EOF while parsing", "", "Cart.add"), _UNFORMATTED],
            id="ruff format, no Python",
        ),
        pytest.param(
            "ERROR: /p/app/a.py Imports are incorrectly sorted and/or formatted.\nSkipped 2 files\n",
            [_UNFORMATTED],
            id="isort",
        ),
        pytest.param(
            "would reformat app/a.py\nerror: cannot format app/b.py: Cannot parse for Python 3.12: 1:4: x = = 1\n"
            "\nOh no!\n1 file would be reformatted, 1 file would fail to reformat.\n",
            [_UNFORMATTED, Complaint(message="Cannot parse for Python 3.12", path="app/b.py", line=1)],
            id="black, no Python",
        ),
        pytest.param(
            "error: cannot parse: /p/app/b.py:1:4\n    x = = 1\n       ^\nParseError: bad input\n\nOh no!\n",
            [Complaint(message="cannot parse", path="app/b.py", line=1)],
            id="black since 26, no Python",
        ),
        pytest.param(
            "would reformat app/a.py\nerror: cannot format app/b.py: it is locked\n",
            [_UNFORMATTED, Complaint(message="it is locked", path="app/b.py")],
            id="black, without a line",
        ),
        pytest.param(
            "app/a.py:1:8: F401 `os` imported but unused\nerror: no space left\nFound 1 error.\n",
            [_at(1, "`os` imported but unused", "F401"), Complaint(message="error: no space left")],
            id="an error without a place beside a complaint",
        ),
        pytest.param(
            'F401 [*] `os` imported but unused\n --> app/a.py:1:8\n  |\n1 | import os\n3 | a = "b:4: c"\n  |\n',
            [_at(1, "`os` imported but unused", "F401")],
            id="ruff in its long form, quoted code looks like a complaint",
        ),
        pytest.param("cannot read\n\nSkipped 2 files\n", [Complaint(message="cannot read")], id="no place"),
        pytest.param("", [Complaint(message="no output")], id="nothing"),
        pytest.param("x" * 201, [Complaint(message="x" * 200)], id="a long line"),
    ],
)
def test_loads__output__becomes_complaints(output: str, expected: list[Complaint]) -> None:
    assert list(loads(output, "/p", _read)) == expected
