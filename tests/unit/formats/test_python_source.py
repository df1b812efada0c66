"""What a Python file defines."""

from __future__ import annotations

import pytest

from testkeep.formats.python_source import read_functions

_EVERYWHERE = """
import x
def test_a(): ...
async def test_b(): ...
class TestC:
    def test_d(self):
        def inner(): ...
    class Inner:
        async def test_e(self): ...
if False:
    def test_f(): ...
elif x:
    def test_g(): ...
else:
    def test_h(): ...
for _ in []:
    def test_i(): ...
else:
    def test_j(): ...
while x:
    def test_k(): ...
with x:
    def test_l(): ...
try:
    def test_m(): ...
except ImportError:
    def test_n(): ...
else:
    def test_o(): ...
finally:
    def test_p(): ...
match x:
    case 1:
        def test_q(): ...
@x.decorator(lambda: 0)
def test_r(): ...
test_s = lambda: None
# def test_t(): ...
"""


def test_read_functions__definitions_wherever_they_stand__are_found() -> None:
    nested = {"TestC", "TestC.test_d", "TestC.test_d.inner", "TestC.Inner", "TestC.Inner.test_e"}
    top = {f"test_{letter}" for letter in "abfghijklmnopqr"}
    assert set(read_functions(_EVERYWHERE)) == top | nested


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("x = 1", id="no definitions"),
        pytest.param("def test_a(:", id="syntax error"),
        pytest.param("def test_a(): ...\0", id="null byte"),
        pytest.param("x = " + "(" * 5000 + ")" * 5000, id="nested deeper than Python parses"),
        pytest.param("# README\n\n>>> def", id="no Python"),
    ],
)
def test_read_functions__nothing_defined_or_no_python__is_empty(text: str) -> None:
    assert read_functions(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def test_a(): ...\nx = " + " + ".join(["'a'"] * 1500), id="a very long expression"),
        pytest.param("def test_a(): ...\nx = '\\d'", id="Python has a remark on an escape"),
        pytest.param("def test_a(): ...\nx = 1 is 1", id="Python has a remark on a comparison"),
    ],
)
def test_read_functions__odd_text__is_read_without_a_fuss(text: str) -> None:
    assert set(read_functions(text)) == {"test_a"}
