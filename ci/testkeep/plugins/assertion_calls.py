"""Assertions that are calls into libraries: unittest's methods, mock's, ``pytest.raises``, doctests."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from types import CodeType, FrameType, TracebackType
from typing import Any

from testkeep.plugins.code_places import CodePlace, Kind
from testkeep.plugins.tally import Tally
from testkeep.plugins.watched_code import Tracer, Watcher, how_it_ends, is_asserting

_NAMES = re.compile(
    r"(assert|expect|should|verify|validate|ensure|fail_unless)(?=_|[A-Z]|$)"
    r"|(no_)?(fnmatch|re_match)_lines?(?=_|$)|raise_for_status$"
)
_NO_ASSERTIONS = ("ensure_future",)
_CONTEXTS = {
    # Before pytest 8.4, where a function that is given is called without a context.
    ("_pytest/python_api.py", "RaisesContext.__exit__"): "raises",
    ("_pytest/python_api.py", "raises"): "call",
    ("_pytest/raises.py", "RaisesExc.__exit__"): "raises",
    ("_pytest/raises.py", "RaisesGroup.__exit__"): "raises",
    ("unittest/case.py", "_AssertRaisesContext.__exit__"): "raises",
    ("_pytest/recwarn.py", "WarningsChecker.__exit__"): "warns",
}
# What a context expects, and what it looks at besides: pytest's names, those before 8.4, unittest's.
_EXPECTED = ("expected_exceptions", "expected_exception", "expected")
_DETAILS = ("match", "check", "match_expr", "expected_regex")
# They only make the context, which counts where it ends.
_CONTEXT_MAKERS = ("TestCase.assertRaises", "TestCase.assertRaisesRegex")
# Decorators call an assertion in the name of their caller.
_WRAPPERS = ("inner", "_inner", "wrapper", "_wrapper", "wrapped")

Locate = Callable[[FrameType], CodePlace]
"""Finds the place of a frame's code."""


def watcher_of(code: CodeType, locate: Locate) -> Watcher | None:
    """Find what is to be watched in a function of a library; None if it asserts nothing."""
    if code.co_filename.startswith("<doctest "):
        return _count_example if code.co_name == "<module>" else None
    file = "/".join(code.co_filename.replace("\\", "/").split("/")[-2:])
    context = _CONTEXTS.get((file, code.co_qualname))
    if context is not None:
        kinds: dict[str, _Kind] = {"raises": _Raising, "warns": _Warning, "call": _RaisingCall}
        return _Context(locate, code, kinds[context])
    if not _NAMES.match(code.co_name) or code.co_name in _NO_ASSERTIONS or code.co_qualname in _CONTEXT_MAKERS:
        return None
    return _Function(locate)


def _count_example(frame: FrameType, tally: Tally) -> None:
    """Count an example of a doctest; its number is a part of its file's name."""
    tally.hold(frame.f_code.co_filename, 0)


class _Call:
    """One call of an assertion, which holds unless an exception leaves it. Costs no line events."""

    def __init__(self, frame: FrameType, tally: Tally, place: CodePlace, line: int) -> None:
        frame.f_trace_lines = False
        self.tally = tally
        self._place = place
        self._line = line

    def trace(self, frame: FrameType, event: str, argument: Any) -> Tracer:
        """Wait for the end."""
        end = how_it_ends(frame) if event == "return" else ""
        if end == "raise":
            self.tally.breaks()
        elif end == "return":
            self.ended(argument)
        return self.trace

    def ended(self, _result: object) -> None:
        """Count what ended well."""
        self.tally.hold(self._place.path, self._line)


class _Function:
    """Watches the calls of an assertion function that come directly from test code."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate

    def __call__(self, frame: FrameType, tally: Tally) -> Tracer | None:
        owner = getattr(frame.f_trace, "__self__", None)
        if isinstance(owner, _Call) and owner.tally is tally:
            return owner.trace  # a coroutine goes on
        caller = frame.f_back
        while caller is not None and self._is_passed_over(caller):
            caller = caller.f_back
        if caller is None or is_asserting(caller):
            return None  # ``assert validate(x)`` is one assertion
        place = self._locate(caller)
        return self._watch(frame, tally, place, caller.f_lineno or 0).trace if place.kind is Kind.TEST else None

    def _is_passed_over(self, caller: FrameType) -> bool:
        return caller.f_code.co_name in _WRAPPERS and self._locate(caller).kind is Kind.FOREIGN

    def _watch(self, frame: FrameType, tally: Tally, place: CodePlace, line: int) -> _Call:
        return _Call(frame, tally, place, line)


class _Context(_Function):
    """Watches the ends of contexts that expect something, whether test code or their own library made them."""

    def __init__(self, locate: Locate, code: CodeType, kind: _Kind) -> None:
        super().__init__(locate)
        self._files = (code.co_filename, contextlib.__file__)
        self._kind = kind

    def _is_passed_over(self, caller: FrameType) -> bool:
        return caller.f_code.co_filename in self._files

    def _watch(self, frame: FrameType, tally: Tally, place: CodePlace, line: int) -> _Call:
        call = self._kind(frame, tally, place, line)
        call.read(frame, self._locate)
        return call


class _Warning(_Call):
    """The end of ``pytest.warns``, which checks nothing if the test is being skipped or interrupted."""

    _checks = True

    def read(self, frame: FrameType, _locate: Locate) -> None:
        """Read what it is given."""
        error = frame.f_locals.get("exc_val")
        self._checks = error is None or isinstance(error, Exception)

    def ended(self, result: object) -> None:
        """Count it if it checked."""
        if self._checks:
            super().ended(result)


class _Raising(_Call):
    """The end of ``pytest.raises`` or ``assertRaises``."""

    _is_unspecific = False
    _swallows_failure = False

    def read(self, frame: FrameType, locate: Locate) -> None:
        """Read what it expects and what it is given, before unittest clears the traceback."""
        names = frame.f_locals
        context, error = names["self"], names.get("exc_val", names.get("exc_value"))
        expected = next((getattr(context, name) for name in _EXPECTED if hasattr(context, name)), ())
        details = (getattr(context, name, None) for name in _DETAILS)
        self._is_unspecific = _takes_anything(expected) and not any(detail is not None for detail in details)
        self._swallows_failure = _swallows(expected, error, names.get("exc_tb", names.get("tb")), locate)

    def ended(self, result: object) -> None:
        """Count it if it swallowed the exception, unless that is an assertion of the test, which counted as broken."""
        if not result or self._swallows_failure:
            return
        if self._is_unspecific:
            self.tally.accept_anything()
        else:
            super().ended(result)


class _RaisingCall(_Call):
    """A call of ``pytest.raises`` with a function to call, in releases of pytest that make no context of it."""

    def read(self, frame: FrameType, locate: Locate) -> None:
        """Read what it expects."""
        self._expected = frame.f_locals.get("expected_exception", ())
        self._locate = locate

    def ended(self, result: Any) -> None:
        """Count what it caught; what it made, if it is a context, counts where that ends."""
        if hasattr(result, "__exit__") or _swallows(self._expected, result.value, result.tb, self._locate):
            return
        if _takes_anything(self._expected):
            self.tally.accept_anything()
        else:
            super().ended(result)


_Kind = type[_Raising] | type[_RaisingCall] | type[_Warning]


def _each_of(expected: object) -> tuple[object, ...]:
    return expected if isinstance(expected, tuple) else (expected,)


def _takes_anything(expected: object) -> bool:
    return any(each is Exception or each is BaseException for each in _each_of(expected))


def _swallows(expected: object, error: object, trace: TracebackType | None, locate: Locate) -> bool:
    """Whether what was caught is an assertion of the test itself, by something that expects any exception."""
    is_assertion = isinstance(error, AssertionError) and any(_is_broader(each) for each in _each_of(expected))
    return is_assertion and _comes_from_test(trace, locate)


def _is_broader(expected: object) -> bool:
    return isinstance(expected, type) and issubclass(AssertionError, expected) and expected is not AssertionError


def _comes_from_test(trace: TracebackType | None, locate: Locate) -> bool:
    """Whether the last frame of the project that an exception came through is one of its tests."""
    kind = Kind.FOREIGN
    while trace is not None:
        here = locate(trace.tb_frame).kind
        kind = here if here is not Kind.FOREIGN else kind
        trace = trace.tb_next
    return kind is Kind.TEST
