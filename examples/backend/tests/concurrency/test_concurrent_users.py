import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI
from httpx import AsyncClient

from tests.concurrency.race import race
from tests.databases import query
from tests.fakes import FrozenClock


def a_user(number: int) -> dict[str, str]:
    return {
        "email": f"user{number}@example.com",
        "name": f"User {number}",
        "password": "correct horse battery",
    }


async def test_50_users_created_at_once_are_all_stored(ada: AsyncClient, database: Path) -> None:
    responses = await asyncio.gather(
        *(ada.post("/users", json=a_user(number)) for number in range(50))
    )
    assert Counter(response.status_code for response in responses) == {201: 50}
    assert {response.json()["id"] for response in responses} == set(range(2, 52))
    emails = query(database, "SELECT email FROM users WHERE id > 1")
    assert {email for (email,) in emails} == {f"user{number}@example.com" for number in range(50)}


async def test_100_reads_at_once_all_see_the_same_users(ada: AsyncClient) -> None:
    for number in range(5):
        await ada.post("/users", json=a_user(number))
    expected = (await ada.get("/users")).json()
    assert expected["total"] == 6

    responses = await asyncio.gather(*(ada.get("/users") for _ in range(100)))

    assert Counter(response.status_code for response in responses) == {200: 100}
    assert [response.json() for response in responses] == [expected] * 100


async def test_one_of_two_users_created_with_the_same_email_wins(
    ada: AsyncClient, application: FastAPI, database: Path
) -> None:
    responses = await race(
        application.state.context.engine,
        lambda: ada.post("/users", json=a_user(1)),
        lambda: ada.post("/users", json=a_user(1) | {"email": "USER1@example.com"}),
    )
    assert Counter(response.status_code for response in responses) == {201: 1, 409: 1}
    assert query(database, "SELECT email FROM users WHERE id > 1") == [("user1@example.com",)]


async def test_two_deactivations_at_once_agree_on_one_time(
    ada: AsyncClient, application: FastAPI, clock: FrozenClock
) -> None:
    clock.tick = timedelta(seconds=1)  # no two requests deactivate at the same time
    responses = await race(
        application.state.context.engine,
        lambda: ada.post("/users/1/deactivate"),
        lambda: ada.post("/users/1/deactivate"),
    )
    assert Counter(response.status_code for response in responses) == {200: 2}
    assert len({response.json()["deactivated_at"] for response in responses}) == 1
