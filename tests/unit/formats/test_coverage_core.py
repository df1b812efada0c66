"""Which core measures right, and cheapest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from testkeep.formats.coverage_core import CoreChoice, Interpreter, choose_core

_311 = Interpreter(python=(3, 11), coverage=(7, 17), may_switch=True)
_312 = replace(_311, python=(3, 12))
_313 = replace(_311, python=(3, 13))
_314 = replace(_311, python=(3, 14), coverage=(7, 17, 5))
_LINES = CoreChoice("sysmon", ("thread",), "lines at the least cost")
_USERS = "the project's choice"
_UNSTABLE = "this version of coverage.py has no stable core on sys.monitoring"


def _traced(why: str, *concurrency: str) -> CoreChoice:
    return CoreChoice("ctrace", concurrency or ("thread", "greenlet"), why)


@pytest.mark.parametrize(
    ("interpreter", "run", "branch", "environment", "asked", "expected"),
    [
        pytest.param(_311, {}, False, "", "", _traced("sys.monitoring needs Python 3.12"), id="3.11"),
        pytest.param(_312, {}, False, "", "", _LINES, id="3.12"),
        pytest.param(_313, {}, False, "", "", _LINES, id="3.13"),
        pytest.param(
            _313,
            {},
            True,
            "",
            "",
            _traced("branches need the C tracer"),
            id="3.13, branches",
        ),
        pytest.param(_314, {}, False, "", "", _LINES, id="3.14"),
        pytest.param(_314, {}, True, "", "", _traced("branches need the C tracer"), id="3.14, branches"),
        pytest.param(
            _313,
            {"plugins": "django"},
            False,
            "",
            "",
            _traced("plugins of coverage.py need the C tracer"),
            id="plugins",
        ),
        pytest.param(
            _313,
            {"dynamic_context": "test_function"},
            False,
            "",
            "",
            _traced("contexts need the C tracer"),
            id="contexts",
        ),
        pytest.param(
            _313,
            {},
            False,
            "",
            'addopts = "--cov-branch"',
            _traced("branches are asked for in pytest's options, and need the C tracer"),
            id="pytest is asked for branches",
        ),
        pytest.param(
            _313,
            {},
            False,
            "",
            "--cov-context=test",
            _traced("contexts are asked for in pytest's options, and need the C tracer"),
            id="pytest is asked for contexts",
        ),
        pytest.param(
            _313,
            {"concurrency": "gevent"},
            False,
            "",
            "",
            _traced("coverage.py wants the C tracer for gevent", "gevent", "thread"),
            id="gevent",
        ),
        pytest.param(
            _313,
            {"concurrency": "greenlet, thread"},
            False,
            "",
            "",
            _LINES,
            id="greenlets need no word under monitoring",
        ),
        pytest.param(
            _313,
            {"concurrency": "multiprocessing\nthread"},
            False,
            "",
            "",
            replace(_LINES, concurrency=("multiprocessing", "thread")),
            id="processes are kept",
        ),
        pytest.param(
            _311,
            {"concurrency": "multiprocessing"},
            False,
            "",
            "",
            _traced("sys.monitoring needs Python 3.12", "multiprocessing", "thread", "greenlet"),
            id="greenlets are added to processes",
        ),
        pytest.param(
            replace(_311, may_switch=False),
            {},
            False,
            "",
            "",
            _traced("sys.monitoring needs Python 3.12", "thread"),
            id="no greenlets installed",
        ),
        pytest.param(
            _313,
            {"core": "ctrace"},
            False,
            "",
            "",
            CoreChoice("ctrace", ("thread", "greenlet"), _USERS, is_users=True),
            id="the project's configuration wins",
        ),
        pytest.param(
            _311,
            {"core": "sysmon"},
            False,
            "",
            "",
            CoreChoice("sysmon", ("thread",), _USERS, is_users=True),
            id="also where it asks for what is not there",
        ),
        pytest.param(
            _313,
            {"core": "sysmon"},
            False,
            "pytrace",
            "",
            CoreChoice("pytrace", ("thread", "greenlet"), _USERS, is_users=True),
            id="the environment wins over that",
        ),
        pytest.param(
            _313,
            {"timid": "true"},
            False,
            "",
            "",
            CoreChoice("pytrace", ("thread", "greenlet"), _USERS, is_users=True),
            id="timid",
        ),
        pytest.param(
            replace(_313, coverage=(7, 11, 2)),
            {},
            False,
            "",
            "",
            _traced(_UNSTABLE),
            id="an old coverage.py",
        ),
        pytest.param(
            replace(_314, coverage=(7, 17, 4)),
            {},
            False,
            "",
            "",
            _traced(_UNSTABLE),
            id="a coverage.py that would choose sys.monitoring on 3.14 itself",
        ),
    ],
)
def test_choose_core__table(
    interpreter: Interpreter,
    run: Mapping[str, str],
    branch: bool,
    environment: str,
    asked: str,
    expected: CoreChoice,
) -> None:
    assert choose_core(interpreter, run, branch=branch, environment=environment, asked=asked) == expected
