"""Where definitions are, which ones they hide, and the examples that they show."""

from __future__ import annotations

import pytest

from testkeep.formats.python_source import read_functions

HIDES = "def test_a():\n    pass\n"


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        pytest.param(f"{HIDES}{HIDES}", "test_a", 1, id="function"),
        pytest.param(f"{HIDES}{HIDES}{HIDES}", "test_a", 3, id="the last of three"),
        pytest.param("class A: ...\nclass A: ...", "A", 1, id="class"),
        pytest.param("class A:\n    def a(self): ...\n    def a(self): ...", "A.a", 2, id="method"),
        pytest.param(f"@mark\n{HIDES}@mark\n{HIDES}", "test_a", 1, id="decorated"),
        pytest.param(f"if x:\n    def test_a(): ...\n{HIDES}", "test_a", 2, id="the one in a branch before"),
        pytest.param(HIDES, "test_a", 0, id="once"),
        pytest.param("class A:\n    def a(self): ...\nclass B:\n    def a(self): ...", "B.a", 0, id="other class"),
        pytest.param("if x:\n    def a(): ...\nelse:\n    def a(): ...", "a", 0, id="branches of if"),
        pytest.param("try:\n    def a(): ...\nexcept E:\n    def a(): ...", "a", 0, id="branches of try"),
        pytest.param("def a(): ...\nif x:\n    def a(): ...", "a", 0, id="in a branch afterwards"),
        pytest.param("@overload\ndef a(): ...\n@t.overload\ndef a(): ...\ndef a(): ...", "a", 0, id="overload"),
        pytest.param("class A:\n    @property\n    def a(self): ...\n    @a.setter\n    def a(self, x): ...", "A.a", 0,
                     id="setter"),
        pytest.param("@f.register\ndef a(x): ...\n@f.register(int)\ndef a(x): ...", "a", 0, id="register"),
        pytest.param("@hook\ndef _(): ...\n@hook\ndef _(): ...", "_", 0, id="no name"),
    ],
)  # fmt: skip
def test_shadows__is_the_line_that_is_hidden(text: str, name: str, line: int) -> None:
    assert read_functions(text)[name].shadows == line


def test_end__is_the_last_line() -> None:
    assert [(one.line, one.end) for one in read_functions(f"@mark\n{HIDES}\nclass A:\n    x = 1\n").values()] == [
        (1, 3),
        (5, 6),
    ]


def shown(docstring: str, name: str = "half", kind: str = "def {name}(a):") -> str:
    return read_functions(f"{kind.format(name=name)}\n    '''\n    {docstring}\n    '''\n")[name].doctest


EXAMPLE = ">>> half(8)\n    4.0"


@pytest.mark.parametrize(
    ("docstring", "name", "kind"),
    [
        pytest.param(f"Text.\n\n    {EXAMPLE}\n", "half", "def {name}(a):", id="text around"),
        pytest.param(EXAMPLE.replace("half", "halve"), "halve", "def {name}(a):", id="renamed"),
        pytest.param(EXAMPLE, "half", "async def {name}(b, c):", id="another function"),
        pytest.param(EXAMPLE, "half", "class {name}:", id="class"),
    ],
)
def test_doctest__same_examples__is_the_same(docstring: str, name: str, kind: str) -> None:
    assert shown(docstring, name, kind) == shown(EXAMPLE) != ""


@pytest.mark.parametrize(
    "docstring",
    [
        pytest.param(EXAMPLE.replace("8", "6"), id="source"),
        pytest.param(EXAMPLE.replace("4.0", "4"), id="what is wanted"),
        pytest.param(EXAMPLE.replace("(8)", "(8)  # doctest: +SKIP"), id="option"),
        pytest.param(EXAMPLE.replace("half", "halve"), id="another function"),
        pytest.param(f"{EXAMPLE}\n    >>> half(2)\n    1.0", id="one more"),
    ],
)
def test_doctest__other_examples__is_another(docstring: str) -> None:
    assert shown(docstring) != shown(EXAMPLE)


@pytest.mark.parametrize(
    "docstring",
    [
        pytest.param("Text.", id="none"),
        pytest.param(">>>half(8)", id="not well formed"),
        pytest.param(">>> half(8)  # doctest: +NOTHING", id="unknown option"),
    ],
)
def test_doctest__no_examples__is_empty(docstring: str) -> None:
    assert shown(docstring) == ""


def test_doctest__of_the_module__has_no_name() -> None:
    text = '"""Text.\n\n>>> 1 + 1\n2\n"""\n'
    (module,) = read_functions(text).values()
    assert (module.name, module.line, module.doctest != "") == ("", 1, True)
    assert read_functions('"""Text."""\n') == {}
