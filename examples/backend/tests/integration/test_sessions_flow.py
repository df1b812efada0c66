import hashlib
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from httpx import AsyncClient, Response

from app.main import create_app
from app.settings import Settings
from tests.conftest import ADA, NewClient
from tests.databases import count, query
from tests.fakes import FrozenClock

LOGIN = {"email": ADA["email"], "password": ADA["password"]}


def session_cookie(response: Response) -> dict[str, object]:
    cookie = SimpleCookie(response.headers["set-cookie"])["session"]
    return {name: value for name, value in cookie.items() if value}


async def test_registered_user_is_signed_in(client: AsyncClient) -> None:
    registered = await client.post("/sessions/register", json=ADA)
    assert (registered.status_code, registered.json()["email"]) == (201, "ada@example.com")
    me = await client.get("/sessions/me")
    assert (me.status_code, me.json()) == (200, registered.json())


async def test_registration_with_a_taken_email_conflicts_and_signs_nobody_in(
    ada: AsyncClient, client: AsyncClient, database: Path
) -> None:
    response = await client.post("/sessions/register", json=ADA | {"password": "another password"})
    assert response.status_code == 409
    assert "set-cookie" not in response.headers
    assert (count(database, "users"), count(database, "sessions")) == (1, 1)
    assert (await ada.get("/sessions/me")).status_code == 200


async def test_session_cookie_is_out_of_reach_of_scripts_and_of_plain_http(
    client: AsyncClient,
) -> None:
    response = await client.post("/sessions/register", json=ADA)
    assert session_cookie(response) == {
        "path": "/",
        "max-age": str(14 * 24 * 60 * 60),
        "httponly": True,
        "secure": True,
        "samesite": "lax",
    }


async def test_database_holds_the_digest_of_the_token_and_not_the_token(
    ada: AsyncClient, database: Path
) -> None:
    token = ada.cookies["session"]
    assert query(database, "SELECT user_id, token_digest FROM sessions") == [
        (1, hashlib.sha256(token.encode()).hexdigest())
    ]


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param({"password": "wrong password"}, id="wrong-password"),
        pytest.param({"email": "eve@example.com"}, id="unknown-email"),
    ],
)
@pytest.mark.usefixtures("ada")
async def test_failed_login_says_the_same_whatever_was_wrong(
    client: AsyncClient, database: Path, claim: dict[str, str]
) -> None:
    response = await client.post("/sessions/login", json=LOGIN | claim)
    assert (response.status_code, response.json()) == (
        401,
        {"detail": "The email address or the password is wrong."},
    )
    assert "set-cookie" not in response.headers
    assert count(database, "sessions") == 1


async def test_logout_removes_the_session_and_the_cookie(ada: AsyncClient, database: Path) -> None:
    token = ada.cookies["session"]
    response = await ada.post("/sessions/logout")
    assert (response.status_code, response.content, dict(ada.cookies)) == (204, b"", {})
    assert count(database, "sessions") == 0
    ada.cookies["session"] = token
    assert (await ada.get("/sessions/me")).status_code == 401


async def test_logout_without_a_session_is_no_error(client: AsyncClient) -> None:
    assert (await client.post("/sessions/logout")).status_code == 204


async def test_expired_session_is_refused_and_the_next_login_deletes_it(
    ada: AsyncClient, new_client: NewClient, clock: FrozenClock, database: Path
) -> None:
    [(expired,)] = query(database, "SELECT token_digest FROM sessions")
    clock.advance(timedelta(days=14))
    assert (await ada.get("/sessions/me")).status_code == 401

    await (await new_client()).post("/sessions/login", json=LOGIN)

    [(current,)] = query(database, "SELECT token_digest FROM sessions")
    assert current != expired


@pytest.mark.usefixtures("ada")
async def test_token_that_was_never_issued_is_refused(client: AsyncClient) -> None:
    client.cookies["session"] = "made-up"
    response = await client.get("/sessions/me")
    assert (response.status_code, response.json()) == (401, {"detail": "Not authenticated."})


async def test_ended_application_leaves_no_connection_open(
    settings: Settings, database: Path
) -> None:
    application = create_app(settings)
    engine = application.state.context.engine
    async with application.router.lifespan_context(application):
        async with engine.connect():
            pass
        assert engine.pool.checkedin() == 1
    assert engine.pool.checkedin() == 0
    assert not database.with_name("backend.db-wal").exists()
