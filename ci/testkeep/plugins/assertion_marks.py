"""Knows of every test which assertions it executed, and which of them held: marks in the modules of the project.

pytest rewrites the modules that it knows of as tests, and is handed them with marks; others that tests import (helpers
beside them, and in the production package functions that assert for tests) are marked by an import hook. What leans on
pytest's internals is here: ``rewrite_asserts`` gets the tree of a module before it is compiled, and ``PYC_TAIL`` ends
the names of the files in which rewritten modules are cached. ``self_check`` finds out whether that holds.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import hashlib
import importlib.machinery
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import _pytest.assertion.rewrite as rewriting
import pytest

from testkeep.formats import assertion_kinds, assertion_marks, assertions, unittest_style
from testkeep.formats.syntax import UNREADABLE
from testkeep.model.assertion_site import AssertionKind
from testkeep.model.layout import is_production
from testkeep.plugins.expecting_contexts import FAILED, ExpectingContexts, expected_by

_MAY_ASSERT = re.compile(rb"\bassert|\braises\b|\bwarns\b|expect|should|verify|validate|ensure|check|fnmatch|raise_for")
_HELPS = re.compile(rb"\bdef\s+_*(?:test|assert|expect|should|verify|validate|ensure|check|fail_unless)|fixture\b")
_CHECKED = "def test_it():\n    value = len('abc')\n    assert value == 3\n    assert value == 4\n"


_MOCKS = "unittest.mock"
_NAME_OF_TESTS = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")
_MOST_WRAPPERS = 20
_SMOKE = AssertionKind.SMOKE


def _version() -> str:
    """Part of the names of cached modules: those with other marks are not to be used."""
    files = (str(module.__file__) for module in (assertion_kinds, assertion_marks, assertions, unittest_style))
    digest = hashlib.sha256(b"".join(Path(file).read_bytes() for file in files))
    return f"-testkeep-{digest.hexdigest()[:8]}"


class AssertionMarks:
    """Marks the modules of a project, and knows which marks were passed.

    ``seen`` are those, in order; whoever reads them empties it. ``trouble`` says why nothing is marked (empty: it
    is). ``root`` is the project's, ``folder`` its place in the repository, ``source`` its production code.
    """

    def __init__(self, root: Path, folder: str, source: Sequence[str]) -> None:
        self.trouble = ""
        self._root = str(root.resolve()) + os.sep
        self._folder = f"{folder}/" if folder else ""
        self._source = tuple(source)
        self.seen: list[str] = []
        self._raises: dict[str, str] = {}
        self._asserts: dict[str, bool] = {}
        self._codes: dict[CodeType, bool] = {}
        self._paths: dict[str, str] = {}
        self._undo: list[Callable[[], None]] = []
        self._contexts = ExpectingContexts(self.seen, self._set)

    # What marked modules call --------------------------------------------------------------------------------------

    def _called(self, text: str) -> None:
        """What a function of the project's own asserts has marks of its own: that it came to its end is all here."""
        self.seen.append(text if self._asserts.get(text) else _SMOKE + text[1:])

    def _fail(self, text: str) -> None:
        self.seen.append(FAILED + text)

    def _ask(self, text: str, function: Any) -> Any:
        """Find out whether it is a library's function that is called: one of the project's own has its own marks."""
        is_another_of_it = text[0] == AssertionKind.CONTEXT and self._asserts.get(text, False)
        # Whatever an object makes of being looked at: the test goes on as without testkeep.
        with contextlib.suppress(Exception):
            self._asserts[text] = is_another_of_it or self._is_foreign(function)
        return function

    def _came(self, text: str, value: Any) -> Any:
        if self._contexts.expects(value):
            self._contexts.keep(value, text)
        elif text[0] != AssertionKind.CONTEXT:
            self._called(text)
        return value

    def _expect(self, text: str, context: Any) -> Any:
        with contextlib.suppress(Exception):
            self._raises[text] = expected_by(context)
        return context

    def _is_foreign(self, function: Any) -> bool:
        function = _unwrapped(function)
        if isinstance(function, FunctionType):
            code = function.__code__
            if code not in self._codes:
                self._codes[code] = not self._is_own(code.co_filename)
            return self._codes[code]
        # A mock's attribute can be called, and says nothing; a class is its module's.
        if not isinstance(function, type):
            function = type(function)
            if function.__module__ == _MOCKS:
                return False
        file = getattr(sys.modules.get(str(function.__module__)), "__file__", None)
        return not (isinstance(file, str) and self._is_own(file))

    def _is_own(self, file: str) -> bool:
        return file.startswith(self._root) and "site-packages" not in file

    def with_exceptions(self, text: str) -> str:
        """A mark's text, with the exceptions that it expected when it was executed last."""
        return text + self._raises.get(text, "")

    # Marking -------------------------------------------------------------------------------------------------------

    def install(self) -> None:
        """Begin to mark the modules that are imported from now on; ``trouble`` says why not, if it cannot be done."""
        self.trouble = self._self_check()
        if self.trouble:
            return
        self._set(rewriting, "rewrite_asserts", self._rewriting(rewriting.rewrite_asserts))
        self._set(rewriting, "PYC_TAIL", f".{rewriting.PYTEST_TAG}{_version()}-{self._kind()}{rewriting.PYC_EXT}")
        hook = _Finder(self)
        after = (
            index for index, one in enumerate(sys.meta_path, 1) if isinstance(one, rewriting.AssertionRewritingHook)
        )
        sys.meta_path.insert(next(after, 0), hook)
        self._undo.append(lambda: sys.meta_path.remove(hook))

    def uninstall(self) -> None:
        """Leave pytest as it was; modules that are marked stay so."""
        while self._undo:
            self._undo.pop()()

    def _kind(self) -> str:
        """What marks depend on beside the text of a module: cached modules that have others are not to be used."""
        return hashlib.sha256(repr((self._folder, self._source)).encode(errors="surrogatepass")).hexdigest()[:8]

    def _set(self, owner: object, name: str, value: object) -> None:
        before = getattr(owner, name)
        setattr(owner, name, value)
        self._undo.append(lambda: setattr(owner, name, before))

    def _provide(self) -> None:
        words: dict[str, object] = {
            assertion_marks.HELD: self.seen.append,
            assertion_marks.FAILED: self._fail,
            assertion_marks.CALLED: self._called,
            assertion_marks.CAME: self._came,
            assertion_marks.ASKED: self._ask,
            assertion_marks.RAISES: self._expect,
            assertion_marks.ERROR: (AssertionError, pytest.fail.Exception),
        }
        before = {name: builtins.__dict__[name] for name in words if name in builtins.__dict__}
        self._undo.append(lambda: builtins.__dict__.update(before))
        builtins.__dict__.update(words)

    def _rewriting(self, rewrite: Callable[..., None]) -> Callable[..., None]:
        def rewrite_marked(mod: ast.Module, source: bytes, module_path: str | None = None, config: Any = None) -> None:
            if module_path is not None:
                self.mark(mod, module_path)
            rewrite(mod, source, module_path, config)

        return rewrite_marked

    def mark(self, tree: ast.Module, file: str) -> None:
        """Mark a module of the project."""
        path = self.path_of(file)
        if path:
            with contextlib.suppress(RecursionError):  # blocks nested too deeply: what is not marked yet stays so
                # A file of tests is one, also where production code imports it, so that it counts as production code.
                is_of_tests = _NAME_OF_TESTS.search(path) is not None
                only_helpers = self.is_production(path) and not is_of_tests
                assertion_marks.mark(tree, f"{self._folder}{path}", only_helpers=only_helpers)

    def path_of(self, file: str) -> str:
        """A file's path relative to the project's root; empty if it is none of the project's own."""
        known = self._paths.get(file)
        if known is None:  # asked at each import, of the same folders
            real = file if file.startswith(self._root) else os.path.realpath(file)
            known = real.removeprefix(self._root).replace(os.sep, "/") if self._is_own(real) else ""
            self._paths[file] = known
        return known

    def is_production(self, path: str) -> bool:
        """Whether a file is production code, in which only helpers of tests are marked."""
        return is_production(path, self._source)

    def _self_check(self) -> str:
        """Try it on a known module, with pytest's own rewriting; says what is not as expected."""
        self._provide()
        try:
            tree = ast.parse(_CHECKED)
            assertion_marks.mark(tree)
            rewriting.rewrite_asserts(tree, _CHECKED.encode(), None, None)
            names: dict[str, Any] = {}
            exec(compile(tree, "<testkeep>", "exec", dont_inherit=True), names)  # noqa: S102 - our own few lines
            with contextlib.suppress(AssertionError):
                names["test_it"]()
            seen = [text.partition(" ")[0] for text in self.seen]
            self.seen.clear()
        except (AttributeError, TypeError, ValueError, *UNREADABLE) as error:
            return f"pytest {pytest.__version__} rewrites assertions in an unknown way: {type(error).__name__}: {error}"
        known = hasattr(rewriting, "PYC_TAIL") and hasattr(rewriting, "PYTEST_TAG")
        return (
            ""
            if known and seen == ["s", "p", f"{FAILED}p"]
            else f"pytest {pytest.__version__} rewrites assertions in an unknown way"
        )


def _unwrapped(function: Any) -> Any:
    """The function itself of a method, a partial one or one with decorators; the mock of one that a mock made."""
    for _ in range(_MOST_WRAPPERS):
        inner: Any = None
        if isinstance(function, MethodType):
            inner = function.__func__
        elif isinstance(function, functools.partial):
            inner = function.func
        elif isinstance(function, FunctionType):
            inner = getattr(function, "__wrapped__", None) or getattr(function, "mock", None)
        if inner is None:
            break
        function = inner
    return function


class _Finder(MetaPathFinder):
    """Finds the modules of the project that pytest does not rewrite, and that may assert for tests."""

    def __init__(self, marks: AssertionMarks) -> None:
        self._marks = marks

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module as everybody else does, if it is to be marked."""
        near = [entry for entry in (sys.path if path is None else path) if self._marks.path_of(f"{entry or '.'}/x")]
        # Most imports are of libraries: those are left alone at once.
        if not near or importlib.machinery.PathFinder.find_spec(fullname, near, target) is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader or spec.origin is None:
            return None
        own = self._marks.path_of(spec.origin)
        if not own or not self._may_assert(spec.origin, own):
            return None
        spec.loader = _Loader(spec.loader.name, spec.loader.path, self._marks)
        return spec

    def _may_assert(self, file: str, own: str) -> bool:
        try:
            text = Path(file).read_bytes()
        except OSError:
            return False
        helps = _HELPS.search(text) is not None
        asserts = _MAY_ASSERT.search(text) is not None
        return (helps and asserts) if self._marks.is_production(own) else (helps or asserts)


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles a module with marks. It is not cached: there are few such modules, and compiling takes milliseconds."""

    def __init__(self, name: str, path: str, marks: AssertionMarks) -> None:
        super().__init__(name, path)
        self._marks = marks

    def get_code(self, fullname: str) -> CodeType | None:
        """Parse, mark and compile."""
        data = self.get_data(self.path)
        try:
            tree = ast.parse(data, self.path)
        except UNREADABLE:
            return super().get_code(fullname)  # it says what is wrong
        self._marks.mark(tree, self.path)
        code: CodeType = compile(tree, self.path, "exec", dont_inherit=True)
        return code
