"""Races that happen every time, not once in a while.

Started together, two requests seldom meet: one is through before the other begins to write. Here
each waits before its first write until all the others are about to write as well. Whatever was
read to decide about the write has been read by then; code that checks and then inserts fails.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

T = TypeVar("T")

_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
_DEADLOCK_S = 20.0  # no test waits this long: it is there so that a bug fails instead of hanging


class _Gate:
    def __init__(self, expected: int) -> None:
        self._missing = set(range(expected))
        self._open = asyncio.Event()

    def arrive(self, participant: int) -> None:
        self._missing.discard(participant)
        if not self._missing:
            self._open.set()

    async def wait(self, participant: int) -> None:
        self.arrive(participant)
        await self._open.wait()


_participant: ContextVar[int | None] = ContextVar("participant", default=None)


async def race(engine: AsyncEngine, *participants: Callable[[], Awaitable[T]]) -> list[T]:
    """Runs the participants at the same time and returns their results in their order."""
    gate = _Gate(len(participants))
    through: set[int] = set()

    def before_statement(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        participant = _participant.get()
        if participant is None or participant in through or not _WRITE.match(statement):
            return
        through.add(participant)
        await_only(gate.wait(participant))

    async def run(number: int, participant: Callable[[], Awaitable[T]]) -> T:
        _participant.set(number)
        try:
            return await participant()
        finally:
            gate.arrive(number)  # one that never writes holds nobody up

    event.listen(engine.sync_engine, "before_cursor_execute", before_statement)
    try:
        async with asyncio.timeout(_DEADLOCK_S):
            results = await asyncio.gather(*(run(*item) for item in enumerate(participants)))
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", before_statement)
    assert through == set(range(len(participants))), "a participant never wrote: this is no race"
    return results
