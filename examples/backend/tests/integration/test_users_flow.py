from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import NewClient
from tests.databases import count, query

CREATED_AT = "2026-03-01T12:00:00Z"
GRACE = {"email": "Grace@Example.com", "name": "Grace", "password": "a compiler is a program"}
GRACE_READ: dict[str, Any] = {
    "id": 2,
    "email": "grace@example.com",
    "contact_email": "Grace@Example.com",
    "name": "Grace",
    "created_at": CREATED_AT,
    "deactivated_at": None,
}


async def test_created_user_is_answered_stored_and_readable(ada: AsyncClient) -> None:
    created = await ada.post("/users", json=GRACE)
    assert (created.status_code, created.json()) == (201, GRACE_READ)
    read = await ada.get("/users/2")
    assert (read.status_code, read.json()) == (200, GRACE_READ)


async def test_stored_password_is_a_hash_that_nobody_is_shown(
    ada: AsyncClient, database: Path
) -> None:
    created = await ada.post("/users", json=GRACE)
    [(stored,)] = query(database, "SELECT password_hash FROM users WHERE id = 2")
    assert stored.startswith("scrypt$2$1$1$")
    assert stored not in created.text
    assert GRACE["password"] not in stored


async def test_email_that_differs_in_case_conflicts_and_adds_no_row(
    ada: AsyncClient, database: Path
) -> None:
    response = await ada.post("/users", json=GRACE | {"email": "ADA@EXAMPLE.COM"})
    assert (response.status_code, response.json()) == (
        409,
        {"detail": "This email address is taken."},
    )
    assert count(database, "users") == 1


async def test_invalid_user_is_refused_and_adds_no_row(ada: AsyncClient, database: Path) -> None:
    response = await ada.post("/users", json=GRACE | {"email": "grace", "password": "short"})
    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["detail"]] == [
        ["body", "email"],
        ["body", "password"],
    ]
    assert count(database, "users") == 1


async def test_user_list_is_ordered_by_id_and_paged(ada: AsyncClient) -> None:
    for number in (2, 3):
        await ada.post("/users", json=GRACE | {"email": f"user{number}@example.com"})
    pages = [(await ada.get(f"/users?limit=2&offset={offset}")).json() for offset in (0, 2)]
    assert [[user["id"] for user in page["items"]] for page in pages] == [[1, 2], [3]]
    assert [page["total"] for page in pages] == [3, 3]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/users/99", id="get"),
        pytest.param("POST", "/users/99/deactivate", id="deactivate"),
    ],
)
async def test_unknown_user_is_not_found(ada: AsyncClient, method: str, path: str) -> None:
    response = await ada.request(method, path)
    assert (response.status_code, response.json()) == (404, {"detail": "There is no such user."})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/users", id="list"),
        pytest.param("POST", "/users/1/deactivate", id="deactivate"),
    ],
)
@pytest.mark.usefixtures("ada")
async def test_users_are_closed_to_strangers(
    client: AsyncClient, database: Path, method: str, path: str
) -> None:
    response = await client.request(method, path)
    assert (response.status_code, response.json()) == (401, {"detail": "Not authenticated."})
    assert query(database, "SELECT id, deactivated_at FROM users") == [(1, None)]


async def test_deactivated_user_is_locked_out_at_once(
    ada: AsyncClient, new_client: NewClient
) -> None:
    grace = await new_client()
    await grace.post("/sessions/register", json=GRACE)
    assert (await grace.get("/sessions/me")).status_code == 200

    response = await ada.post("/users/2/deactivate")

    assert (response.status_code, response.json()) == (
        200,
        GRACE_READ | {"deactivated_at": CREATED_AT},
    )
    assert (await grace.get("/sessions/me")).status_code == 401
    login = {"email": GRACE["email"], "password": GRACE["password"]}
    assert (await grace.post("/sessions/login", json=login)).status_code == 401
