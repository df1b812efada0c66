"""Assertions that run only where a test finds that somebody traces it: in CI, say, and nowhere else."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator, Sequence

from testkeep.formats.assertion_kinds import form_of

ASSERTING = (ast.Assert, ast.If, ast.With, ast.AsyncWith, ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)
# How a test finds out who is watching.
_WATCHERS = re.compile(
    r"\b(gettrace|getprofile|sys\.monitoring)\b|\b(TESTKEEP_|COVERAGE_|COV_CORE_)"
    r"|['\"](coverage|testkeep|pytest_cov)['\"] in (sys\.)?modules|modules\.get\(['\"](coverage|testkeep|pytest_cov)"
)
_LEAVING = (ast.Return, ast.Raise, ast.Continue)


def watched_forms(text: str, tree: ast.Module) -> frozenset[str]:
    r"""Find the assertions all of whose places stand under such a condition, by their normal form.

    ``tree`` is that of the text.

    >>> text = "def test_x():\n if sys.gettrace():\n  assert x\n assert y"
    >>> len(watched_forms(text, ast.parse(text)))
    1
    """
    if not _WATCHERS.search(text):
        return frozenset()
    try:
        flags = frozenset(_flags(tree))
        found = frozenset(_walk(tree.body, flags, is_watched=False))
    except RecursionError:  # what is nested too deeply to be read
        return frozenset()
    return frozenset(form for form, is_watched in found if is_watched and (form, False) not in found)


def _flags(tree: ast.Module) -> Iterator[str]:
    """The names, of variables and of functions, that say whether somebody watches."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _asks(value, frozenset()):
                yield name
            case ast.FunctionDef(name=name, body=body) if not name.startswith("test"):
                if any(isinstance(one, ast.Return) and one.value and _asks(one.value, frozenset()) for one in body):
                    yield name
            case _:
                pass


def _asks(node: ast.expr, flags: frozenset[str]) -> bool:
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return _WATCHERS.search(ast.unparse(node)) is not None or not flags.isdisjoint(names)


def _walk(body: Sequence[ast.stmt], flags: frozenset[str], *, is_watched: bool) -> Iterator[tuple[str, bool]]:
    for node in body:
        if isinstance(node, ASSERTING):
            with contextlib.suppress(RecursionError):
                yield form_of(node), is_watched
        asks = isinstance(node, ast.If | ast.While) and _asks(node.test, flags)
        for _, block in ast.iter_fields(node):
            for inner in [block] if isinstance(block, list) else []:
                statements = [one for one in inner if isinstance(one, ast.stmt)]
                parts = [one for one in inner if isinstance(one, ast.ExceptHandler | ast.match_case)]
                for group in (statements, *(one.body for one in parts)):
                    yield from _walk(group, flags, is_watched=is_watched or asks)
        # What comes behind a way out is under the condition, too.
        leaves = isinstance(node, ast.If) and isinstance(node.body[-1], _LEAVING)
        is_watched = is_watched or (asks and leaves)
