"""Functions of a file that are in another one."""

from __future__ import annotations

import pytest

from testkeep.formats.line_history import Version, gone_definitions
from testkeep.formats.moved_definitions import moved_definitions

LONG = "def {name}(a):\n    b = a + 1\n    c = b * 2\n    return c\n"
SHORT = "def {name}(a):\n    return a\n"


@pytest.mark.parametrize(
    ("before", "other", "expected"),
    [
        pytest.param(LONG.format(name="f"), LONG.format(name="f"), [("f", "t.py")], id="as it was"),
        pytest.param(LONG.format(name="f"), LONG.format(name="g"), [("f", "t.py")], id="under another name"),
        pytest.param(SHORT.format(name="f"), SHORT.format(name="g"), [], id="boundary: so short that it is chance"),
        pytest.param(SHORT.format(name="f"), SHORT.format(name="f"), [("f", "t.py")], id="short, of the same name"),
        pytest.param(
            LONG.format(name="f"), LONG.format(name="f").replace("* 2", "* 3"), [("f", "t.py")], id="a little changed"
        ),
        pytest.param(LONG.format(name="f"), "def f(x):\n    raise OSError(x, 1)\n", [], id="another of its name"),
        pytest.param("class A:\n    pass\n", "class A:\n    pass\n", [], id="boundary: a class has no body of its own"),
        pytest.param(LONG.format(name="f"), "def f(", [], id="missing evidence: it does not parse"),
    ],
)
def test_moved_definitions__table(before: str, other: str, expected: list[tuple[str, str]]) -> None:
    version = Version.of("a.py", before)
    gone = gone_definitions(version, None, ())

    assert list(moved_definitions(version, gone, [Version.of("t.py", other)])) == expected
