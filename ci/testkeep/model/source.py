"""What the source of a file says of its functions."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class FunctionSource(Struct, frozen=True, kw_only=True):
    """One function or method, or a class (without a body).

    ``body`` is a digest that does not change with the function's name, its class, its decorators, its docstring,
    annotations, comments or formatting; empty for a class. ``line`` is where it is defined, decorators included.
    """

    name: str
    line: int
    body: str = ""


FileSource = Mapping[str, FunctionSource]
"""The functions and classes of one file by their qualified names; of two with one name the last, as in Python."""
