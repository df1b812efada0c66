import asyncio
from collections import Counter
from pathlib import Path

from fastapi import FastAPI
from httpx import AsyncClient

from tests.concurrency.race import race
from tests.databases import count, query


async def test_one_of_two_keys_created_with_the_same_name_wins(
    ada: AsyncClient, application: FastAPI, database: Path
) -> None:
    responses = await race(
        application.state.context.engine,
        lambda: ada.post("/api-keys", json={"name": "laptop"}),
        lambda: ada.post("/api-keys", json={"name": "laptop"}),
    )
    assert Counter(response.status_code for response in responses) == {201: 1, 409: 1}
    [winner] = [response for response in responses if response.status_code == 201]
    assert query(database, "SELECT prefix FROM api_keys") == [(winner.json()["prefix"],)]


async def test_one_of_two_revocations_at_once_did_it(
    ada: AsyncClient, application: FastAPI, database: Path
) -> None:
    await ada.post("/api-keys", json={"name": "laptop"})
    responses = await race(
        application.state.context.engine,
        lambda: ada.delete("/api-keys/1"),
        lambda: ada.delete("/api-keys/1"),
    )
    assert Counter(response.status_code for response in responses) == {204: 1, 404: 1}
    assert query(database, "SELECT count(revoked_at) FROM api_keys") == [(1,)]


async def test_30_keys_created_at_once_all_work(
    ada: AsyncClient, client: AsyncClient, database: Path
) -> None:
    created = await asyncio.gather(
        *(ada.post("/api-keys", json={"name": f"key {number}"}) for number in range(30))
    )
    assert Counter(response.status_code for response in created) == {201: 30}
    uses = await asyncio.gather(
        *(
            client.get("/sessions/me", headers={"X-API-Key": response.json()["key"]})
            for response in created
        )
    )
    assert Counter((use.status_code, use.json()["id"]) for use in uses) == {(200, 1): 30}
    assert count(database, "api_keys") == 30
