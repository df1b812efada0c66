"""Finds the line of a test file that gives a test its parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from testkeep.formats.syntax import UNREADABLE, Function, last_name, parse

_Owner = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def parametrize_line(text: str, name: str, parameter: str) -> int:
    """The line of the ``parametrize`` mark that gives a function, by its qualified name, one parameter.

    The mark stands at the function, at a class around it, or in ``pytestmark``. 0 if there is none.

    >>> parametrize_line('@mark.parametrize("a, b", [(1, 2)])\\ndef test_x(a, b): ...', "test_x", "b")
    1
    """
    try:
        tree = parse(text)
    except UNREADABLE:
        return 0
    for owner in reversed(list(_owners(tree, name.split(".")))):
        for node in _marks(owner):
            if parameter in _names(node):
                return node.lineno
    return 0


def fixture_line(text: str, name: str) -> int:
    """The line of the fixture with a name; 0 if there is none.

    >>> fixture_line("@pytest.fixture(params=[1, 2])\\ndef size(request): ...", "size")
    1
    """
    try:
        tree = parse(text)
    except UNREADABLE:
        return 0
    for node in ast.walk(tree):
        if isinstance(node, Function):
            for decorator in node.decorator_list:
                if name in _fixture_names(decorator, node.name):
                    return decorator.lineno
    return 0


def _owners(tree: ast.Module, names: list[str]) -> Iterator[_Owner]:
    """The module, the classes around a function, and the function; the last definition of a name counts."""
    owner: _Owner = tree
    yield owner
    for name in names:
        inner = [node for node in owner.body if isinstance(node, ast.ClassDef | Function) and node.name == name]
        if not inner:
            return
        owner = inner[-1]
        yield owner


def _marks(owner: _Owner) -> Iterator[ast.Call]:
    """The calls that mark a definition, or everything in a module or class."""
    found: list[ast.expr] = [] if isinstance(owner, ast.Module) else list(owner.decorator_list)
    for node in () if isinstance(owner, Function) else owner.body:
        if isinstance(node, ast.Assign) and any(last_name(target) == "pytestmark" for target in node.targets):
            found += node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return (mark for mark in found if isinstance(mark, ast.Call) and last_name(mark.func) == "parametrize")


def _names(mark: ast.Call) -> set[str]:
    """The parameters that a ``parametrize`` names: one text with commas, or a list of texts."""
    given = [*mark.args[:1], *(word.value for word in mark.keywords if word.arg == "argnames")]
    texts = [node.value for value in given for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return {name.strip() for text in texts if isinstance(text, str) for name in text.split(",")}


def _fixture_names(decorator: ast.expr, name: str) -> set[str]:
    call = decorator.func if isinstance(decorator, ast.Call) else decorator
    if last_name(call) != "fixture":
        return set()
    words = decorator.keywords if isinstance(decorator, ast.Call) else ()
    given = {word.value.value for word in words if word.arg == "name" and isinstance(word.value, ast.Constant)}
    return {str(one) for one in given} or {name}
