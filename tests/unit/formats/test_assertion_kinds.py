"""Which functions assert for tests, by their names."""

from __future__ import annotations

import pytest

from testkeep.formats.assertion_kinds import is_helper


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("assert_total", True), ("assertEqual", True), ("_check", True), ("__verify_x", True), ("ensure", False),
        ("ensure_future", False), ("checkout", False), ("checks", False), ("expected", False), ("validateAll", False),
        ("should_be", True), ("shoulder", False), ("no_fnmatch_line", False), ("raise_for_status", False),
        ("raise_for_statuses", False), ("fail_unless", True), ("recheck", False), ("", False),
    ],
)  # fmt: skip
def test_is_helper__table(name: str, expected: bool) -> None:
    assert is_helper(name) is expected
