"""Comments that keep tools from complaining."""

from __future__ import annotations

import pytest

from testkeep.formats.suppressions import added, suppressions
from testkeep.model.leniency import Suppression


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("x = 1  # noqa", [("noqa", True)], id="noqa"),
        pytest.param("x = 1  # NOQA: E501, F8", [("NOQA: E501, F8", False)], id="noqa of a rule"),
        pytest.param("# ruff: noqa: F821", [("ruff: noqa: F821", True)], id="a whole file"),
        pytest.param("x = 1  # type: ignore", [("type: ignore", True)], id="type: ignore"),
        pytest.param(
            "x = 1  # type: ignore[arg-type]", [("type: ignore[arg-type]", False)], id="type: ignore of a code"
        ),
        pytest.param("# mypy: ignore-errors", [("mypy: ignore-errors", True)], id="mypy, a whole file"),
        pytest.param("# mypy: disallow-any-generics", [], id="boundary: mypy is to be stricter"),
        pytest.param("x = 1  # pragma: no cover", [("pragma: no cover", True)], id="no coverage"),
        pytest.param("# fmt: off", [("fmt: off", False)], id="looks alone"),
        pytest.param("# isort: skip_file", [("isort: skip_file", False)], id="order alone"),
        pytest.param(
            "x = 1  # pylint: disable=no-name", [("pylint: disable=no-name", False)], id="pylint, by its name"
        ),
        pytest.param("x = 1  # pylint: disable=all", [("pylint: disable=all", True)], id="pylint"),
        pytest.param(
            "x = 1  # type: ignore[a]  # noqa", [("noqa", True), ("type: ignore[a]", False)], id="two in a comment"
        ),
        pytest.param("x = '# noqa'", [], id="boundary: a text"),
        pytest.param("x = 1  # a type, ignored", [], id="other comments"),
        pytest.param("x = (  # noqa", [("noqa", True)], id="missing evidence: it does not end"),
    ],
)
def test_suppressions__table(line: str, expected: list[tuple[str, bool]]) -> None:
    found = suppressions(f"y = 0\n{line}\n", is_production=True)

    assert found == tuple(Suppression(2, text, line, is_blunt) for text, is_blunt in expected)


def test_suppressions__coverage_of_a_test__is_nobodys_business() -> None:
    assert suppressions("x = 1  # pragma: no cover\n", is_production=False) == ()


def _blunt(line: int, code: str, text: str = "noqa") -> Suppression:
    return Suppression(line, text, code, is_blunt=True)


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        pytest.param({}, {"a.py": [_blunt(1, "x")]}, {"a.py": (_blunt(1, "x"),)}, id="it came"),
        pytest.param({"a.py": [_blunt(1, "x")]}, {"a.py": [_blunt(9, "x")]}, {}, id="its line moved"),
        pytest.param(
            {"a.py": [_blunt(1, "x")], "b.py": []}, {"a.py": [], "b.py": [_blunt(1, "x")]}, {}, id="to a file"
        ),
        pytest.param({"a.py": [_blunt(1, "x")]}, {"a.py": [_blunt(1, "y")]}, {}, id="its line was changed"),
        pytest.param(
            {"a.py": [_blunt(1, "x")]},
            {"a.py": [_blunt(1, "x"), _blunt(2, "y")]},
            {"a.py": (_blunt(2, "y"),)},
            id="boundary: another one",
        ),
        pytest.param(
            {"a.py": [_blunt(1, "x")]},
            {"a.py": [_blunt(1, "x", "type: ignore")]},
            {"a.py": (_blunt(1, "x", "type: ignore"),)},
            id="one for another tool",
        ),
        pytest.param({"a.py": [_blunt(1, "x")]}, {"a.py": []}, {}, id="it went"),
    ],
)
def test_added__table(
    base: dict[str, list[Suppression]], head: dict[str, list[Suppression]], expected: dict[str, tuple[Suppression, ...]]
) -> None:
    assert added(base, head) == expected
