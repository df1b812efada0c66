"""Which of coverage.py's cores measures right, and cheapest, with an interpreter and a configuration.

The C tracer is called for every line. ``sys.monitoring`` (Python 3.12 and later) is told of a line once, and costs next
to nothing, but cannot do everything that the C tracer can. Branches it measures from Python 3.14 on, at half the C
tracer's cost, but there coverage.py takes two lines that were first seen one after the other for a branch that was
taken, also where a loop came between them: what no test ran would count as covered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testkeep.formats.coverage_leniency import is_true

C_TRACER = "ctrace"
MONITORING = "sysmon"
# Earlier ones know the setting, but take a mistake about it for an error, or miss some code.
_FIRST_VERSION = (7, 11, 3)
# With Python 3.14, earlier ones miss what had run before a second measurement in the same process.
_FIRST_VERSION_FOR_3_14 = (7, 17, 5)
# What changes stacks behind the interpreter's back: the C tracer must know, sys.monitoring need not.
_SWITCHERS = ("greenlet", "eventlet", "gevent")
_OPTIONS = {"--cov-branch": "branches", "--cov-context": "contexts"}


@dataclass(frozen=True)
class Interpreter:
    """What measures: the version of Python, that of coverage.py, and whether greenlets may switch."""

    python: tuple[int, int]
    coverage: tuple[int, ...]
    may_switch: bool


@dataclass(frozen=True)
class CoreChoice:
    """A core, the ``concurrency`` that it needs to be told, and why it was chosen.

    ``is_users`` says that the user has chosen.
    """

    name: str
    concurrency: tuple[str, ...]
    why: str
    is_users: bool = False


def choose_core(
    interpreter: Interpreter, run: Mapping[str, str], *, branch: bool, environment: str = "", asked: str = ""
) -> CoreChoice:
    """Choose a core.

    ``run`` are the user's settings of coverage.py's section ``run``; ``environment`` is the value of COVERAGE_CORE;
    ``asked`` is all text that may have options for pytest-cov, which can ask for what needs the C tracer.
    """
    named = _entries(run.get("concurrency", ""))
    users = environment or run.get("core", "").strip() or ("pytrace" if is_true(run.get("timid", "")) else "")
    if users:
        why, name = "the project's choice", users
    else:
        why = _obstacle(interpreter, run, branch, named, asked)
        name = C_TRACER if why else MONITORING
    if name == MONITORING:
        # coverage.py falls back to the C tracer where it is told of greenlets, and needs not be told.
        concurrency = tuple(entry for entry in named if entry != "greenlet") or ("thread",)
        return CoreChoice(name, concurrency, why or "lines at the least cost", bool(users))
    extra = ["greenlet"] if interpreter.may_switch and not set(named) & set(_SWITCHERS) else []
    return CoreChoice(name, tuple(dict.fromkeys([*named, "thread", *extra])), why, bool(users))


def _obstacle(
    interpreter: Interpreter, run: Mapping[str, str], branch: bool, concurrency: Sequence[str], asked: str
) -> str:
    """Say what keeps ``sys.monitoring`` from measuring all that is wanted; empty if nothing does."""
    switcher = next((name for name in ("eventlet", "gevent") if name in concurrency), "")
    option = next((why for option, why in _OPTIONS.items() if option in asked), "")
    if interpreter.python < (3, 12):
        return "sys.monitoring needs Python 3.12"
    if interpreter.coverage < (_FIRST_VERSION if interpreter.python < (3, 14) else _FIRST_VERSION_FOR_3_14):
        return "this version of coverage.py has no stable core on sys.monitoring"
    if branch:
        return "branches need the C tracer"
    if run.get("plugins", "").strip():
        return "plugins of coverage.py need the C tracer"
    if run.get("dynamic_context", "").strip():
        return "contexts need the C tracer"
    if switcher:
        return f"coverage.py wants the C tracer for {switcher}"
    return f"{option} are asked for in pytest's options, and need the C tracer" if option else ""


def _entries(value: str) -> list[str]:
    return [word for line in value.splitlines() for word in line.replace(",", " ").split()]
