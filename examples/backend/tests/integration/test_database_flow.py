from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.exc import OperationalError
from starlette.types import Message, Receive, Scope, Send

from app.users.service import UserService
from tests.conftest import ADA
from tests.databases import count


async def test_every_connection_has_the_production_settings(application: FastAPI) -> None:
    pragmas = ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
    async with AsyncExitStack() as stack:
        for _ in range(3):  # held together, so that the pool opens three
            connection = await stack.enter_async_context(application.state.context.engine.connect())
            settings = [
                (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar()
                for pragma in pragmas
            ]
            assert settings == [1, "wal", 1, 5000]  # synchronous: 1 is NORMAL


async def test_change_is_committed_before_it_is_answered(
    application: FastAPI, database: Path
) -> None:
    seen: list[tuple[int, int]] = []

    async def application_under_watch(scope: Scope, receive: Receive, send: Send) -> None:
        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.append((message["status"], count(database, "users")))
            await send(message)

        await application(scope, receive, watch)

    transport = ASGITransport(app=application_under_watch)
    async with AsyncClient(transport=transport, base_url="https://backend.test") as client:
        await client.post("/sessions/register", json=ADA)
    assert seen == [(201, 1)]


async def test_request_that_fails_half_way_leaves_nothing(
    client: AsyncClient, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = UserService.create

    async def create_and_break(service: UserService, new: object) -> None:
        await create(service, new)  # type: ignore[arg-type]
        raise OperationalError("INSERT …", {}, Exception("disk I/O error"))

    monkeypatch.setattr(UserService, "create", create_and_break)
    with pytest.raises(OperationalError, match="disk I/O error"):
        await client.post("/sessions/register", json=ADA)
    assert count(database, "users") == 0
