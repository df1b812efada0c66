"""Reads the values of a test's parameters from its source, where what was recorded of them says too little."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from testkeep.formats.canonical import canonical
from testkeep.formats.normal_form import is_literal
from testkeep.formats.syntax import Function, last_name

_SIMPLE = (
    ast.Call, ast.Attribute, ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.keyword,
    ast.UnaryOp, ast.unaryop, ast.BinOp, ast.operator, ast.expr_context,
)  # fmt: skip
_MOST_NODES = 400

Row = dict[str, ast.expr]
Table = Callable[[str], ast.expr | None]
"""Finds the list or tuple that a name of the file always stands for."""


class TableRows:
    """The rows of one test function, in the order in which they were collected.

    ``family`` has the recorded values of all its parameter sets. A row is only found where there are as many different
    ones as in the source, and where all literals in it are what was recorded.
    """

    def __init__(
        self, function: Function, owner: ast.ClassDef | None, table: Table, family: Sequence[Mapping[str, str]]
    ) -> None:
        self._rows: list[tuple[tuple[str, ...], dict[tuple[str, ...], Row]]] = []
        decorators = [*function.decorator_list, *(owner.decorator_list if owner is not None else ())]
        for names, rows in _tables(decorators, table):
            recorded = list(dict.fromkeys(tuple(one.get(name, "") for name in names) for one in family))
            if len(recorded) == len(rows) and all(map(_agrees, recorded, rows)):
                self._rows.append((names, dict(zip(recorded, rows, strict=True))))

    def source(self, name: str, params: Mapping[str, str]) -> ast.expr | None:
        """The expression that made the value of a parameter, if it is plain: calls, names, and literals."""
        for names, rows in self._rows:
            if name in names:
                row = rows.get(tuple(params.get(one, "") for one in names), {})
                expression = row.get(name)
                return expression if expression is not None and _is_simple(expression) else None
        return None


def _tables(decorators: Sequence[ast.expr], table: Table) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    for decorator in decorators:
        if not isinstance(decorator, ast.Call) or last_name(decorator) != "parametrize":
            continue
        given = {one.arg: one.value for one in decorator.keywords if one.arg}
        arguments = dict(zip(("argnames", "argvalues"), decorator.args, strict=False)) | given
        names = _names(arguments.get("argnames"))
        values = arguments.get("argvalues")
        if isinstance(values, ast.Name):
            values = table(values.id)
        if names and isinstance(values, ast.List | ast.Tuple) and "indirect" not in given:
            rows = [_row(names, element) for element in values.elts]
            known = [row for row in rows if row is not None]
            if len(known) == len(rows):
                yield names, known


def _names(node: ast.expr | None) -> tuple[str, ...]:
    match node:
        case ast.Constant(value=str(text)):
            return tuple(name.strip() for name in text.split(",") if name.strip())
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            found = [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            return tuple(found) if len(found) == len(elements) else ()
        case _:
            return ()


def _row(names: Sequence[str], node: ast.expr) -> Row | None:
    """One row as names and expressions; None if it cannot be told apart."""
    if isinstance(node, ast.Call) and last_name(node) == "param":
        values = node.args
    elif len(names) == 1:
        values = [node]
    elif isinstance(node, ast.Tuple | ast.List):
        values = node.elts
    else:
        return None
    if len(values) != len(names) or any(isinstance(value, ast.Starred) for value in values):
        return None
    return dict(zip(names, values, strict=True))


def _agrees(recorded: Sequence[str], row: Row) -> bool:
    """Whether the literals of a row are what was recorded."""
    return all(
        canonical(ast.literal_eval(value)) == text
        for text, value in zip(recorded, row.values(), strict=True)
        if is_literal(value) and _can_be_evaluated(value)
    )


def _can_be_evaluated(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):  # a list as a key, say
        return False
    return True


def _is_simple(node: ast.expr) -> bool:
    nodes = list(ast.walk(node))
    return len(nodes) <= _MOST_NODES and all(isinstance(inner, _SIMPLE) for inner in nodes)
