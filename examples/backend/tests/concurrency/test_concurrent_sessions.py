import asyncio
from collections import Counter
from pathlib import Path

from fastapi import FastAPI
from httpx import AsyncClient

from tests.concurrency.race import race
from tests.conftest import ADA, NewClient
from tests.databases import count, query

LOGIN = {"email": ADA["email"], "password": ADA["password"]}


async def test_one_of_two_registrations_with_the_same_email_wins(
    application: FastAPI, new_client: NewClient, database: Path
) -> None:
    first, second = await new_client(), await new_client()
    responses = await race(
        application.state.context.engine,
        lambda: first.post("/sessions/register", json=ADA | {"name": "First"}),
        lambda: second.post("/sessions/register", json=ADA | {"name": "Second"}),
    )
    assert Counter(response.status_code for response in responses) == {201: 1, 409: 1}
    [winner] = [response for response in responses if response.status_code == 201]
    assert query(database, "SELECT name FROM users") == [(winner.json()["name"],)]
    assert count(database, "sessions") == 1
    signed_in = [(await client.get("/sessions/me")).status_code for client in (first, second)]
    assert signed_in == [200 if response is winner else 401 for response in responses]


async def test_20_logins_at_once_open_20_sessions(
    ada: AsyncClient, new_client: NewClient, database: Path
) -> None:
    clients = [await new_client() for _ in range(20)]
    logins = await asyncio.gather(
        *(client.post("/sessions/login", json=LOGIN) for client in clients)
    )
    assert Counter(response.status_code for response in logins) == {200: 20}
    assert len({client.cookies["session"] for client in [ada, *clients]}) == 21
    assert count(database, "sessions") == 21
    readers = await asyncio.gather(*(client.get("/sessions/me") for client in clients))
    assert Counter(response.status_code for response in readers) == {200: 20}


async def test_logouts_at_once_end_their_own_sessions_only(
    ada: AsyncClient, new_client: NewClient, database: Path
) -> None:
    clients = [await new_client() for _ in range(10)]
    for client in clients:
        await client.post("/sessions/login", json=LOGIN)
    responses = await asyncio.gather(*(client.post("/sessions/logout") for client in clients))
    assert Counter(response.status_code for response in responses) == {204: 10}
    assert count(database, "sessions") == 1
    assert (await ada.get("/sessions/me")).status_code == 200
