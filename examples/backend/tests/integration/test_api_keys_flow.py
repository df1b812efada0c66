import hashlib
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import NewClient
from tests.databases import count, query

CREATED_AT = "2026-03-01T12:00:00Z"


async def create_key(client: AsyncClient, name: str = "laptop") -> dict[str, Any]:
    response = await client.post("/api-keys", json={"name": name})
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


async def register(client: AsyncClient, name: str) -> AsyncClient:
    user = {"email": f"{name}@example.com", "name": name, "password": "correct horse battery"}
    response = await client.post("/sessions/register", json=user)
    assert response.status_code == 201, response.text
    return client


async def test_key_is_shown_at_its_creation_and_never_again(ada: AsyncClient) -> None:
    created = await create_key(ada)
    key = created.pop("key")
    assert created == {
        "id": 1,
        "name": "laptop",
        "prefix": key[:11],
        "created_at": CREATED_AT,
        "revoked_at": None,
    }
    assert (await ada.get("/api-keys")).json() == [created]


async def test_database_holds_the_digest_of_the_key_and_not_the_key(
    ada: AsyncClient, database: Path
) -> None:
    key = (await create_key(ada))["key"]
    assert query(database, "SELECT user_id, prefix, digest FROM api_keys") == [
        (1, key[:11], hashlib.sha256(key.encode()).hexdigest())
    ]


async def test_key_in_the_header_is_its_owner_without_a_session(
    ada: AsyncClient, client: AsyncClient
) -> None:
    key = (await create_key(ada))["key"]
    me = await client.get("/sessions/me", headers={"X-API-Key": key})
    assert (me.status_code, me.json()) == (200, (await ada.get("/sessions/me")).json())


async def test_wrong_key_is_refused_even_beside_a_valid_session(ada: AsyncClient) -> None:
    response = await ada.get("/sessions/me", headers={"X-API-Key": "bk_wrong"})
    assert (response.status_code, response.json()) == (401, {"detail": "Not authenticated."})


async def test_key_cannot_manage_keys(
    ada: AsyncClient, client: AsyncClient, database: Path
) -> None:
    headers = {"X-API-Key": (await create_key(ada))["key"]}
    statuses = [
        (await client.post("/api-keys", json={"name": "more"}, headers=headers)).status_code,
        (await client.get("/api-keys", headers=headers)).status_code,
        (await client.delete("/api-keys/1", headers=headers)).status_code,
    ]
    assert statuses == [401, 401, 401]
    assert query(database, "SELECT id, revoked_at FROM api_keys") == [(1, None)]


async def test_revoked_key_opens_nothing_and_stays_listed(
    ada: AsyncClient, client: AsyncClient
) -> None:
    created = await create_key(ada)
    response = await ada.delete("/api-keys/1")
    assert (response.status_code, response.content) == (204, b"")
    key = created.pop("key")
    assert (await client.get("/sessions/me", headers={"X-API-Key": key})).status_code == 401
    assert (await ada.get("/api-keys")).json() == [created | {"revoked_at": CREATED_AT}]


async def test_name_of_a_live_key_conflicts_until_the_key_is_revoked(
    ada: AsyncClient, database: Path
) -> None:
    await create_key(ada)
    response = await ada.post("/api-keys", json={"name": "laptop"})
    assert (response.status_code, response.json()) == (
        409,
        {"detail": "You have an API key of this name already."},
    )
    assert count(database, "api_keys") == 1

    await ada.delete("/api-keys/1")
    assert (await create_key(ada))["id"] == 2


@pytest.mark.parametrize(
    "api_key_id", [pytest.param(1, id="somebody-elses"), pytest.param(99, id="unknown")]
)
async def test_revoking_what_is_not_ones_own_is_not_found(
    ada: AsyncClient, new_client: NewClient, database: Path, api_key_id: int
) -> None:
    await create_key(ada)
    grace = await register(await new_client(), "grace")
    response = await grace.delete(f"/api-keys/{api_key_id}")
    assert (response.status_code, response.json()) == (
        404,
        {"detail": "There is no such API key."},
    )
    assert query(database, "SELECT id, revoked_at FROM api_keys") == [(1, None)]


async def test_key_of_a_deactivated_user_opens_nothing(
    ada: AsyncClient, client: AsyncClient
) -> None:
    key = (await create_key(ada))["key"]
    await ada.post("/users/1/deactivate")
    assert (await client.get("/sessions/me", headers={"X-API-Key": key})).status_code == 401
