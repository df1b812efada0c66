"""What is said of tests that pytest's settings pass over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from builders import a_record, a_suite, the_facts
from testkeep.rules.passed_over import passed_over

_SAID = "that pytest does not look for: add"


@pytest.mark.parametrize(
    ("files", "ini", "expected"),
    [
        pytest.param((), {}, "", id="no files"),
        pytest.param(("tests/test_a.py", "b_test.py"), {}, "", id="pytest's own default matches them"),
        pytest.param(
            ("smoke.py",),
            {},
            f"smoke.py has tests of unittest {_SAID} smoke.py to python_files (test_*.py *_test.py) in its settings.",
            id="one",
        ),
        pytest.param(
            ("a/tests.py", "b/tests.py", "test_a.py"),
            {},
            f"a/tests.py and b/tests.py have tests of unittest {_SAID} tests.py to python_files (test_*.py *_test.py) "
            "in its settings.",
            id="two of one name, and one that matches",
        ),
        pytest.param(
            ("a.py", "b.py", "c.py", "d.py", "e.py"),
            {"python_files": "check_*.py"},
            f"a.py, b.py, c.py and 2 more have tests of unittest {_SAID} a.py, b.py, c.py and 2 more to python_files "
            "(check_*.py) in its settings.",
            id="many, and a pattern of the project's",
        ),
        pytest.param(("a/smoke.py",), {"python_files": "test_*.py\nsmoke.py"}, "", id="a pattern matches the name"),
        pytest.param(("x/a/smoke.py",), {"python_files": "a/*.py"}, "", id="a pattern matches the path"),
        pytest.param(
            ("smoke.py",),
            {"testpaths": "tests"},
            f"smoke.py has tests of unittest {_SAID} smoke.py to python_files (test_*.py *_test.py) and where it lies "
            "to testpaths (tests) in its settings.",
            id="outside of testpaths",
        ),
        pytest.param(
            ("a/tests/smoke.py",),
            {"testpaths": "*/tests/ docs"},
            f"a/tests/smoke.py has tests of unittest {_SAID} smoke.py to python_files (test_*.py *_test.py) "
            "in its settings.",
            id="inside of testpaths",
        ),
    ],
)
def test_passed_over__table(files: tuple[str, ...], ini: Mapping[str, str], expected: str) -> None:
    facts = the_facts(a_record(suite=a_suite(ini=ini)))

    assert passed_over(replace(facts, unittest_files=files)) == expected


def test_passed_over__pytest_was_not_started__its_default_stands_for_its_settings() -> None:
    facts = replace(the_facts(), unittest_files=("smoke.py",))

    assert passed_over(facts).startswith("smoke.py has tests of unittest")
