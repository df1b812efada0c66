"""What a test-support file binds."""

from __future__ import annotations

import pytest

from testkeep.formats.module_bindings import read_bindings
from testkeep.model.source import Binding

EVERYTHING = """
'''Says.'''
import os.path
from app.calc import add as plus
from helpers import *
A, B = 1, 2
C: int = 3
plus(A)
if A:
    def test_a(): ...
else:
    D = 4
try:
    import fast
except ImportError:
    fast = None
class TestE:
    x = 1
    def setup_method(self): ...
    class Inner:
        async def test_f(self): ...
    if A:
        def test_g(self): ...
"""


def binding(text: str, name: str = "a") -> Binding:
    found = read_bindings(text)
    assert found is not None
    return found[name]


def test_read_bindings__whatever_binds_a_name__is_found() -> None:
    names = {"os", "plus", "*", "A", "B", "C", "<module>", "test_a", "D", "fast"}
    members = {"TestE", "TestE.setup_method", "TestE.Inner", "TestE.Inner.test_f", "TestE.test_g"}
    assert set(read_bindings(EVERYTHING) or {}) == names | members


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        pytest.param("import a", "a", id="module"),
        pytest.param("import a.b", "a", id="package"),
        pytest.param("import b.c as a", "b.c", id="renamed"),
        pytest.param("from b import a", "b.a", id="from"),
        pytest.param("from ..b import c as a", "..b.c", id="relative"),
        pytest.param("try:\n  import a\nexcept E:\n  import b as a", "a|b", id="one of two"),
        pytest.param("try:\n  import a\nexcept E:\n  a = 1", "", id="or something else"),
    ],
)
def test_origin__is_what_is_imported(text: str, origin: str) -> None:
    assert "|".join(binding(text).origins) == origin


BEFORE = "@fixture\ndef a(client):\n    result = client.get(1)\n    return result\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BEFORE.replace("client)", "client: C = None)").replace(" = None", ""), id="annotation"),
        pytest.param(BEFORE.replace("    result =", "    '''Says.'''\n    result ="), id="docstring"),
        pytest.param(BEFORE.replace("get(1)", "get(\n        1)  # why"), id="formatting"),
        pytest.param(f"\n\nx = 1\n{BEFORE}", id="place"),
    ],
)
def test_digest__said_otherwise__is_the_same(text: str) -> None:
    assert binding(text).digest == binding(BEFORE).digest


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(BEFORE.replace("@fixture", "@fixture(autouse=True)"), "a", id="decorator"),
        pytest.param(BEFORE.replace("client", "admin"), "a", id="argument"),
        pytest.param(BEFORE.replace("1", "2"), "a", id="constant"),
        pytest.param(BEFORE + "def a(): ...\n", "a", id="bound twice"),
        pytest.param("a = 1\n", "a", id="assigned"),
    ],
)
def test_digest__something_else__is_another(text: str, name: str) -> None:
    assert binding(text, name).digest != binding(BEFORE).digest


def test_digest__of_a_class__is_not_that_of_its_methods() -> None:
    text = "class a(B):\n    x = 1\n    def b(self): return 1\n"
    assert binding(text).digest == binding(text.replace("return 1", "return 2")).digest
    assert binding(text).digest != binding(text.replace("x = 1", "x = 2")).digest
    assert binding(text).digest != binding(text.replace("(B)", "(C)")).digest


def test_read_bindings__statement_in_a_branch_of_a_class__belongs_to_the_class() -> None:
    found = read_bindings("class A:\n  if x:\n    def f(self): ...\n    g()\n") or {}
    assert {name: "g" in one.mentions for name, one in found.items()} == {"A": True, "A.f": False}


def test_mentions__are_names_attributes_arguments_and_texts_that_could_be_names() -> None:
    text = "@mark.usefixtures('db')\ndef a(client, *, other=1):\n    b.c('no name')\n    return d\n"
    assert binding(text).mentions == {"mark", "usefixtures", "db", "client", "other", "b", "c", "d"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("assert b", True, id="assert"),
        pytest.param("self.assertEqual(b, 1)", True, id="unittest"),
        pytest.param("self.assertCountEqual(b, 1)", True, id="unittest without a plain form"),
        pytest.param("with pytest.raises(E): b()", True, id="raises"),
        pytest.param("with pytest.warns(E): b()", True, id="warns"),
        pytest.param("pytest.fail('x')", True, id="fail"),
        pytest.param("with pytest.RaisesGroup(E): b()", True, id="group of exceptions"),
        pytest.param("check_it(b)", True, id="helper"),
        pytest.param("return await_it() or verify(b)", True, id="helper inside"),
        pytest.param("return b.get()", False, id="none"),
    ],
)
def test_hides__return_before_an_assertion__is_one(line: str, expected: bool) -> None:
    body = f"    if c:\n        return\n    {line}\n"
    assert binding(f"def a(b):\n{body}").hides is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("try: b()\n    except E: pass", True, id="except"),
        pytest.param("try: b()\n    finally: c()", False, id="finally only"),
        pytest.param("with suppress(E): b()", True, id="suppress"),
        pytest.param("with pytest.raises(E): b()", True, id="raises"),
        pytest.param("monkeypatch.setattr(b, 'c', 1)", True, id="monkeypatch"),
        pytest.param("with mock.patch('b.c'): b()", True, id="patch"),
        pytest.param("pytest.skip('x')", True, id="skip"),
        pytest.param("if b: return\n    assert b", True, id="return before an assertion"),
        pytest.param("if b:\n        return\n        assert b", True, id="return before an assertion inside"),
        pytest.param("assert b\n    return b", False, id="return at the end"),
        pytest.param("if b: return\n    b()", False, id="return before something else"),
    ],
)
def test_hides__could_swallow_or_stub(lines: str, expected: bool) -> None:
    assert binding(f"def a(b):\n    {lines}\n").hides is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", {}, id="empty"),
        pytest.param("def a(:", None, id="syntax error"),
        pytest.param("a\0", None, id="null byte"),
        pytest.param("x = " + "(" * 5000 + ")" * 5000, None, id="nested too deeply"),
    ],
)
def test_read_bindings__nothing_or_no_python__is_said(text: str, expected: object) -> None:
    assert read_bindings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"""Says."""', id="docstring only"),
        pytest.param('def a():\n    """Says."""', id="function with a docstring only"),
        pytest.param("from pytest import raises\nraises(E, f)", id="a translated statement of the module"),
        pytest.param("a = '\\ud800'", id="surrogate"),
        pytest.param("def ä(): ...", id="not ASCII"),
        pytest.param("match a:\n    case [b, *c]: d = 1", id="match"),
        pytest.param(
            "class A:\n    if b:\n        def c(self): ...\n    else:\n        d = 1", id="class with branches"
        ),
    ],
)
def test_read_bindings__odd_text__is_read(text: str) -> None:
    assert read_bindings(text)
