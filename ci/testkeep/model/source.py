"""What the source of a file says of its functions."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class FunctionSource(Struct, frozen=True, kw_only=True):
    """One function or method, or a class (without a body), or the module itself (name "", if it has examples).

    ``body`` is a digest that does not change with the function's name, its class, its decorators, its docstring,
    annotations of arguments, comments or formatting, nor with the style of its assertions (unittest's or plain ones)
    and their messages; empty for a class. ``line`` is where it is defined, decorators included, ``start`` its first
    statement after the docstring, ``end`` its last line. ``contents`` is a digest of a class without its tests,
    whatever its name, and of those of its bases that stand in the same file; empty for a function. ``doctest`` is a
    digest of the examples in its docstring, whatever its name; empty if there are none. ``shadows`` is the line of an
    earlier definition that it hides for certain, 0 if it hides none. ``statements`` are digests of the statements of
    ``body``, and ``expected`` the arguments that only say what it expects.
    """

    name: str
    line: int
    body: str = ""
    start: int = 0
    end: int = 0
    contents: str = ""
    doctest: str = ""
    shadows: int = 0
    statements: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()


FileSource = Mapping[str, FunctionSource]
"""The functions and classes of one file by their qualified names; of two with one name the last, as in Python."""


class Check(Struct, frozen=True, kw_only=True):
    """One thing that a test asserts, with what it does before.

    Equal digests mean: the same assertion about the same expressions under the same conditions, in whichever test, file
    or loop it stands and whatever its variables are called. ``text`` is the same for a reader.
    """

    digest: str
    text: str


class Binding(Struct, frozen=True, kw_only=True):
    """What one name of a test-support file stands for.

    ``digest`` changes with what the name does, decorators included, but not with formatting, comments, docstrings or
    annotations. ``mentions`` are all names that occur in it. ``hides``: it could swallow a failure or put a stub in the
    place of the code under test. ``origins`` are what an import brings in, or one of several imports. ``unbound`` is
    the digest of a function without its ``self``; empty for anything else.
    """

    digest: str
    unbound: str = ""
    mentions: frozenset[str] = frozenset()
    hides: bool = False
    origins: tuple[str, ...] = ()


MODULE = "<module>"
FileBindings = Mapping[str, Binding]
"""The bindings of one file by their qualified names; statements that bind nothing stand under `MODULE`."""


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two fingerprints have in common: 1 is everything, 0 nothing.

    >>> likeness(frozenset("abc"), frozenset("bcd"))
    0.5
    """
    union = len(one | other)
    return len(one & other) / union if union else 0.0


Sources = Mapping[str, FileSource | None]
"""Files by their paths, relative to the repository's root; None for one that is not there."""
