"""Contexts that expect an exception or a warning, and that are entered elsewhere than where they are made.

``with expectation:``, where a parameter or a helper made it, and ``stack.enter_context(pytest.raises(ValueError))``:
what such a context expects is known from the object, and that it held where it ends.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from testkeep.model.assertion_site import AssertionKind

FAILED = "!"
"""What stands before a mark's text where the assertion failed."""

# pytest's names, those before 8.4, unittest's.
_EXPECTED = ("expected_exceptions", "expected_exception", "expected")
_DETAILS = ("match", "check", "match_expr", "expected_regex")


class ExpectingContexts:
    """Tells by ``seen`` what became of the contexts that are kept; ``replace`` sets an attribute until the end."""

    def __init__(self, seen: list[str], replace: Callable[[object, str, object], None]) -> None:
        self._seen = seen
        self._replace = replace
        # By identity; the objects are held so that it stays theirs.
        self._kept: dict[int, tuple[object, str]] = {}

    def expects(self, value: object) -> bool:
        """Whether a value is a context of pytest or unittest that expects something."""
        return issubclass(type(value), self._kinds)  # without asking the value, which may be a proxy

    def keep(self, context: object, text: str) -> None:
        """Tell what becomes of a context; ``text`` is its mark's."""
        kind = AssertionKind.ANYTHING if _takes_anything(context) else AssertionKind.CONTEXT
        self._kept[id(context)] = (context, f"{kind}{text[1:]}{expected_by(context)}")

    @functools.cached_property
    def _kinds(self) -> tuple[type, ...]:
        """The classes of such contexts, which are watched from now on; few suites have one that is kept."""
        import unittest

        case = unittest.TestCase()
        raises = (pytest.raises, getattr(pytest, "RaisesGroup", pytest.raises), case.assertRaises)
        warns = (pytest.warns, case.assertWarns)
        made = (*(one(KeyError) for one in raises), *(one(FutureWarning) for one in warns), case.assertLogs())
        kinds = tuple({type(one) for one in made})
        for kind in kinds:
            self._replace(kind, "__exit__", self._leaving(kind))
        return kinds

    def _leaving(self, kind: Any) -> Callable[..., Any]:
        leave = kind.__exit__

        @functools.wraps(leave)
        def leave_watched(context: Any, *error: Any) -> Any:
            __tracebackhide__ = True
            _, text = self._kept.pop(id(context), (None, ""))
            try:
                result = leave(context, *error)
            except (AssertionError, pytest.fail.Exception):
                self._seen += [FAILED + text] if text else []
                raise
            # Another exception than is expected is the test's own business.
            self._seen += [text] if text and (result or error[:1] == (None,)) else []
            return result

        return leave_watched


def expected_by(context: object) -> str:
    """The exceptions that a context expects, each with its base classes, as they stand in a site's text."""
    names = ("<".join(base.__name__ for base in one.__mro__[:-1]) for one in _classes(context))
    return "".join(f"\t{one}" for one in names)


def _classes(context: object) -> tuple[type, ...]:
    expected = next((getattr(context, name) for name in _EXPECTED if hasattr(context, name)), ())
    return tuple(one for one in (expected if type(expected) is tuple else (expected,)) if isinstance(one, type))


def _takes_anything(context: object) -> bool:
    is_plain = all(getattr(context, name, None) is None for name in _DETAILS)
    return is_plain and any(one in (Exception, BaseException) for one in _classes(context))
