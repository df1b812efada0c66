"""Which files hold tests of unittest."""

from __future__ import annotations

import pytest

from testkeep.formats.unittest_cases import holds_tests

_CLASS = "class TestCart({}):\n    def test_total(self): ...\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(_CLASS.format("unittest.TestCase"), True, id="unittest"),
        pytest.param(_CLASS.format("TestCase"), True, id="imported by name"),
        pytest.param(_CLASS.format("Mixin, SimpleTestCase"), True, id="Django's, after a mixin"),
        pytest.param(_CLASS.format("unittest.IsolatedAsyncioTestCase").replace("def", "async def"), True, id="async"),
        pytest.param(_CLASS.format("Base"), False, id="another class"),
        pytest.param("class Base(TestCase):\n    def check(self): ...\n", False, id="a base without tests"),
        pytest.param("from unittest import TestCase\n\ndef test_x(): ...\n", False, id="no class"),
        pytest.param("class TestCase(:\n", False, id="no Python"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_holds_tests__table(text: str, expected: bool) -> None:
    assert holds_tests(text) is expected
