"""What a file imports."""

from __future__ import annotations

import pytest

from testkeep.formats.module_imports import ImportedName, imported_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("import a.b, c", {("a.b", 0), ("c", 0)}, id="import"),
        pytest.param("from a.b import c, d as e", {("a.b.c", 0), ("a.b.d", 0)}, id="from"),
        pytest.param("from .. import a", {("a", 2)}, id="relative"),
        pytest.param("from .a import *", {("a", 1)}, id="a star"),
        pytest.param("def f():\n    import a.b", {("a.b", 0)}, id="in a function"),
        pytest.param("x = 'a.b:c'", {("a.b", 0)}, id="a string with an attribute"),
        pytest.param("x = '.b'", {("b", 1)}, id="a relative string"),
        pytest.param("x = 'a'; y = 'a b.c'; z = 1.5; w = 'a.b, c'", set(), id="boundary: strings that are no modules"),
        pytest.param(f"x = 'a.{'b' * 300}'", set(), id="boundary: a long text"),
        pytest.param("if TYPE_CHECKING:\n    import a\nelse:\n    import b", {("b", 0)}, id="only for type checkers"),
        pytest.param("TYPE_CHECKING = 1\nif TYPE_CHECKING:\n    import a", {("a", 0)}, id="made true"),
        pytest.param("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import a", set(), id="made false"),
        pytest.param("import (", set(), id="missing evidence: it does not parse"),
    ],
)
def test_imported_names__table(text: str, expected: set[tuple[str, int]]) -> None:
    assert imported_names(text) == {ImportedName(name, level) for name, level in expected}


def test_imported_names__string_that_goes_on__is_a_prefix() -> None:
    assert imported_names("load(f'a.b.{name}')") == {ImportedName("a.b", 0, is_prefix=True)}
