"""Glob patterns of paths."""

from __future__ import annotations

import pytest

from testkeep.model.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        pytest.param("app/a.py", "app/a.py", True, id="the path itself"),
        pytest.param("app/a.py", "app/axpy", False, id="a dot is a dot"),
        pytest.param("a.py", "app/a.py", False, id="the whole path must match"),
        pytest.param("app/*.py", "app/a.py", True, id="star"),
        pytest.param("app/*.py", "app/users/a.py", False, id="star stays in its folder"),
        pytest.param("app/?.py", "app/a.py", True, id="one character"),
        pytest.param("a?b", "a/b", False, id="one character is no slash"),
        pytest.param("**/service.py", "service.py", True, id="any folders: none"),
        pytest.param("**/service.py", "a/b/service.py", True, id="any folders: two"),
        pytest.param("**/service.py", "a/myservice.py", False, id="any folders, not a part of a name"),
        pytest.param("app/**/service.py", "app/service.py", True, id="any folders between: none"),
        pytest.param("app/**/service.py", "app/a/b/service.py", True, id="any folders between: two"),
        pytest.param("**/services/**", "services/a.py", True, id="a folder at the top"),
        pytest.param("**/services/**", "app/services/b/a.py", True, id="a folder further down"),
        pytest.param("**/services/**", "app/my_services/a.py", False, id="a folder that is only like it"),
        pytest.param("**/api/**", "app/api.py", False, id="a file is no folder"),
        pytest.param("app/[ab].py", "app/a.py", True, id="set"),
        pytest.param("app/[!ab].py", "app/a.py", False, id="set that must not match"),
        pytest.param("app/[!ab].py", "app/c.py", True, id="set that must not match, and does not"),
        pytest.param("app/[^a].py", "app/^.py", True, id="a caret is itself"),
        pytest.param("app/[a.py", "app/[a.py", True, id="a lone bracket is itself"),
        pytest.param("app/[z-a].py", "app/[z-a].py", True, id="a set that makes no sense is itself"),
        pytest.param("a+b(c).py", "a+b(c).py", True, id="no regular expression"),
    ],
)
def test_matches__table(pattern: str, path: str, expected: bool) -> None:
    assert matches(path, [pattern]) is expected


def test_matches__several_patterns__one_is_enough() -> None:
    assert matches("b.py", ["a.py", "b.py"])
    assert not matches("b.py", [])
