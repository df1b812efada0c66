"""Parameters that a change took away, and what a test passes."""

from __future__ import annotations

import pytest

from testkeep.formats.parameters import Parameter, gone_parameters, names_used, passed

F = "def find(text, fuzzy=False, *, limit=9): ..."


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        pytest.param(F, "def find(text, *, limit=9): ...", {("find", "fuzzy")}, id="taken away"),
        pytest.param(F, "def find(text): ...", {("find", "fuzzy"), ("find", "limit")}, id="two of them"),
        pytest.param(F, F, set(), id="none"),
        pytest.param(
            F, "def find(text, vague=False, *, limit=9): ...", set(), id="boundary: it may be called otherwise"
        ),
        pytest.param(F, "def seek(text, *, limit=9): ...", set(), id="boundary: its function is called otherwise"),
        pytest.param(F, "", set(), id="the whole function"),
        pytest.param(
            "class A:\n  if True:\n    def __init__(self, old): ...",
            "class A:\n  def __init__(self): ...",
            {("A", "old")},
            id="of a method, in a block",
        ),
        pytest.param(F, "def (", set(), id="missing evidence: it does not parse"),
        pytest.param("def (", F, set(), id="missing evidence: it did not parse"),
    ],
)
def test_gone_parameters__table(before: str, now: str, gone: set[Parameter]) -> None:
    assert gone_parameters(before, now) == gone


def test_names_used__code__has_names_of_all_kinds_and_no_text() -> None:
    text = 'def f(a):\n  "the old way"\n  b = a.c\n  return g(d=b, **{"e": 1})'
    assert names_used(text) == {"a", "b", "c", "d", "g"}


def test_names_used__text_that_does_not_parse__has_none() -> None:
    assert names_used("def (") == frozenset()


@pytest.mark.parametrize(
    ("body", "names"),
    [
        pytest.param("find('x', fuzzy=True)", {("find", "fuzzy")}, id="a keyword"),
        pytest.param("client().post('/', data=1)", {("post", "data")}, id="a method's"),
        pytest.param("main(['find', '--no-fuzzy', '--limit=3'])", {("--", "no_fuzzy"), ("--", "limit")}, id="options"),
        pytest.param("fuzzy = 'fuzzy'\n  find(fuzzy)", set(), id="a variable and a text"),
        pytest.param("assert app.fuzzy", set(), id="boundary: an attribute"),
        pytest.param("find(**options)", set(), id="nobody knows which"),
    ],
)
def test_passed__table(body: str, names: set[Parameter]) -> None:
    assert passed(f"class TestA:\n def test_x(self):\n  {body}", "TestA.test_x") == names


def test_passed__function_that_is_not_there__passes_nothing() -> None:
    assert passed("find(fuzzy=True)", "test_x") == passed("def (", "test_x") == frozenset()
