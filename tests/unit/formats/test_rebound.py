"""Names that are bound without a definition."""

from __future__ import annotations

import pytest

from testkeep.formats.rebound import read_rebound


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a = b = 1", {"a": (1, 1), "b": (1, 1)}, id="an assignment"),
        pytest.param("a: int = 1", {"a": (1, 1)}, id="with a type"),
        pytest.param("from .a import b\nfrom app import (\n  d as e\n)", {"b": (1, 1), "e": (2, 4)}, id="imports"),
        pytest.param("import json\nfrom itertools import pairwise", {}, id="boundary: imports of other projects"),
        pytest.param("try:\n  a = 1\nexcept E:\n  a = 2", {"a": (4, 4)}, id="the last one counts"),
        pytest.param("class A:\n  b = 1\n  class C:\n    d = 2", {"A.b": (2, 2), "A.C.d": (4, 4)}, id="in classes"),
        pytest.param("def a():\n  b = 1", {}, id="boundary: in a function"),
        pytest.param("a = (", {}, id="missing evidence: no Python"),
    ],
)
def test_read_rebound__table(text: str, expected: dict[str, tuple[int, int]]) -> None:
    assert read_rebound(text, "src/app/calc.py") == expected
