"""Does a file hold tests of unittest? Answered from its text, for those that pytest does not look into."""

from __future__ import annotations

import ast

from testkeep.formats.syntax import UNREADABLE, Function, parse

_ENDING = "TestCase"


def holds_tests(text: str) -> bool:
    """Whether a class derives from what is called some ``TestCase``, and has a test of its own.

    >>> holds_tests("class TestCart(unittest.TestCase):\\n    def test_total(self): ...")
    True
    """
    if _ENDING not in text:
        return False
    try:
        body = parse(text).body
    except UNREADABLE:
        return False
    return any(isinstance(statement, ast.ClassDef) and _is_case(statement) for statement in body)


def _is_case(node: ast.ClassDef) -> bool:
    is_derived = any(ast.unparse(base).endswith(_ENDING) for base in node.bases)
    return is_derived and any(isinstance(one, Function) and one.name.startswith("test") for one in node.body)
