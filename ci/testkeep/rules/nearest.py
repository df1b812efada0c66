"""Finds the test that somebody meant who named one that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SIMILAR = 0.8


def nearest(test: str, known: Iterable[str]) -> str:
    """The known id that could be meant: of the same file with a similar name, else of a similar file; or empty.

    Only names of one file and files with one name are held against each other: tests may be many.

    >>> nearest("tests/test_a.py::test_refnud", ["tests/test_a.py::test_refund", "tests/test_b.py::test_refund"])
    'tests/test_a.py::test_refund'
    """
    file, _, name = test.partition("::")
    parts = [id_.partition("::") for id_ in known]
    names = sorted(other for path, _, other in parts if path == file)
    files = sorted(path for path, _, other in parts if other == name)
    for found in difflib.get_close_matches(name, names, n=1, cutoff=_SIMILAR):
        return f"{file}::{found}"
    for found in difflib.get_close_matches(file, files, n=1, cutoff=_SIMILAR):
        return f"{found}::{name}"
    return ""
