"""The two ways to learn whether a code object was entered."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

import pytest

from testkeep.plugins.code_start import CodeWatcher, MonitoringWatcher, ProfileWatcher, make_watcher

TOOL_ID = 2  # the recorder of a run that has these tests uses 3 and 4
MONITORING = pytest.param(
    lambda: MonitoringWatcher(TOOL_ID),
    id="sys.monitoring",
    marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12"),
)


def target() -> None:
    """What is watched."""


def other() -> None:
    """What is not."""


async def coroutine() -> None:
    """What starts when it is awaited, not when it is made."""


def twins() -> tuple[Callable[[], None], Callable[[], None]]:
    """Two functions with equal code, as in two files that are copies of each other."""
    found = []
    for file in ("one.py", "two.py"):
        names: dict[str, Any] = {}
        exec(compile("def twin():\n    return None\n", file, "exec"), names)
        found.append(names["twin"])
    return found[0], found[1]


@pytest.fixture(params=[pytest.param(ProfileWatcher, id="sys.setprofile"), MONITORING])
def watcher(request: pytest.FixtureRequest) -> Iterator[CodeWatcher]:
    if sys.getprofile() is not None:
        pytest.skip("this process is being profiled")
    made = request.param()
    yield made
    made.close()


def watch(watcher: CodeWatcher, code: CodeType | None, *calls: Callable[[], object]) -> bool | None:
    watcher.begin(code)
    for call in calls:
        call()
    return watcher.end()


def in_thread(call: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()

    return run


@pytest.mark.parametrize(
    ("code", "calls", "expected"),
    [
        pytest.param(target.__code__, [target], True, id="called"),
        pytest.param(target.__code__, [other], False, id="another called"),
        pytest.param(target.__code__, [other, target, other, target], True, id="called among others"),
        pytest.param(target.__code__, [], False, id="nothing called"),
        pytest.param(target.__code__, [in_thread(target)], True, id="called in a thread"),
        pytest.param(target.__code__, [in_thread(other), target], True, id="called after a thread"),
        pytest.param(coroutine.__code__, [lambda: coroutine().close], False, id="coroutine not awaited"),
        pytest.param(None, [target], None, id="nothing to watch"),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine")
def test_watching(
    watcher: CodeWatcher, code: CodeType | None, calls: list[Callable[[], object]], expected: bool | None
) -> None:
    assert watch(watcher, code, *calls) is expected
    assert watch(watcher, other.__code__, other) is True
    assert watch(watcher, other.__code__, target) is False


def test_equal_code_is_not_the_same(watcher: CodeWatcher) -> None:
    one, two = twins()
    assert one.__code__ == two.__code__
    assert watch(watcher, one.__code__, one) is True
    assert watch(watcher, two.__code__, two) is True
    assert watch(watcher, one.__code__, two) is False


def test_a_thread_that_was_there_before() -> None:
    """Without sys.monitoring nobody can say what it does."""
    watcher, go, gone = ProfileWatcher(), threading.Event(), threading.Event()

    def serve() -> None:
        go.wait()
        target()
        gone.set()

    thread = threading.Thread(target=serve)
    thread.start()
    watcher.begin(target.__code__)
    go.set()
    gone.wait()
    assert watcher.end() in (None, False)
    thread.join()


def test_somebody_else_profiles() -> None:
    def profiler(_frame: FrameType, _event: str, _argument: object) -> None:
        """Somebody's."""

    watcher = ProfileWatcher()
    sys.setprofile(profiler)
    try:
        assert watch(watcher, target.__code__, target) is None
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)
    watcher.begin(target.__code__)
    target()
    sys.setprofile(profiler)  # the test itself begins to profile
    assert watcher.end() is True
    assert sys.getprofile() is profiler
    sys.setprofile(None)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12")
def test_a_test_takes_the_events_away() -> None:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
    watcher = MonitoringWatcher(TOOL_ID)
    watcher.begin(target.__code__)
    monitoring.free_tool_id(TOOL_ID)
    target()
    assert watcher.end() is not False
    watcher.close()


def test_choice() -> None:
    watcher = make_watcher()
    assert isinstance(watcher, MonitoringWatcher if sys.version_info >= (3, 12) else ProfileWatcher)
    watcher.close()
