"""The contract of the repositories, which the fakes of the unit tests keep as well."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.api_keys.models import ApiKey
from app.api_keys.repository import ApiKeyRepository
from app.api_keys.service import ApiKeys
from app.errors import ApiKeyNameTakenError, EmailTakenError
from app.sessions.models import Session
from app.sessions.repository import SessionRepository
from app.sessions.service import Sessions
from app.users.models import User
from app.users.repository import UserRepository
from app.users.service import Users
from tests.fakes import START, InMemoryApiKeys, InMemorySessions, InMemoryUsers

LATER = START + timedelta(hours=1)


@dataclass
class Repositories:
    users: Users
    sessions: Sessions
    api_keys: ApiKeys


@pytest.fixture
async def database_session(application: FastAPI) -> AsyncIterator[AsyncSession]:
    async with application.state.context.session_factory() as session:
        yield session


@pytest.fixture(params=["database", "fake"])
def repositories(request: pytest.FixtureRequest, database_session: AsyncSession) -> Repositories:
    if request.param == "database":
        return Repositories(
            UserRepository(database_session),
            SessionRepository(database_session),
            ApiKeyRepository(database_session),
        )
    users = InMemoryUsers()
    return Repositories(users, InMemorySessions(users), InMemoryApiKeys(users))


def a_user(name: str = "ada") -> User:
    email = f"{name}@example.com"
    return User(email=email, contact_email=email, name=name, password_hash="-", created_at=START)


def an_api_key(user_id: int, digest: str) -> ApiKey:
    return ApiKey(user_id=user_id, name="key", prefix="bk_", digest=digest, created_at=START)


async def test_users_get_ids_in_order_and_are_found_by_email(repositories: Repositories) -> None:
    users = repositories.users
    ada, grace = a_user("ada"), a_user("grace")
    await users.add(ada)
    await users.add(grace)
    assert (ada.id, grace.id, await users.count()) == (1, 2, 2)
    assert await users.find_by_email("grace@example.com") is grace
    assert await users.find_by_email("GRACE@example.com") is None
    assert list(await users.list_page(limit=1, offset=1)) == [grace]


async def test_second_user_with_an_email_is_refused(repositories: Repositories) -> None:
    await repositories.users.add(a_user())
    with pytest.raises(EmailTakenError):
        await repositories.users.add(a_user())


async def test_sessions_find_their_user_until_they_expire(repositories: Repositories) -> None:
    user, sessions = a_user(), repositories.sessions
    await repositories.users.add(user)
    for digest, expires_at in (("short", LATER), ("long", LATER + timedelta(hours=1))):
        await sessions.add(
            Session(user_id=1, token_digest=digest, created_at=START, expires_at=expires_at)
        )
    assert await sessions.find_user("short", START) is user
    assert await sessions.find_user("short", LATER) is None
    await sessions.delete_expired(LATER)
    assert await sessions.find_user("short", START) is None
    assert await sessions.find_user("long", LATER) is user


async def test_api_key_is_revoked_once_and_by_its_owner_only(repositories: Repositories) -> None:
    user, api_keys = a_user(), repositories.api_keys
    await repositories.users.add(user)
    await api_keys.add(an_api_key(1, "digest"))
    assert await api_keys.find_user("digest") is user
    assert [
        await api_keys.revoke(2, 1, START),
        await api_keys.revoke(1, 1, START),
        await api_keys.revoke(1, 1, LATER),
    ] == [False, True, False]
    assert await api_keys.find_user("digest") is None


async def test_api_key_name_is_taken_for_its_user_until_it_is_revoked(
    repositories: Repositories,
) -> None:
    api_keys = repositories.api_keys
    for name in ("ada", "grace"):
        await repositories.users.add(a_user(name))
    await api_keys.add(an_api_key(1, "revoked"))
    await api_keys.revoke(1, 1, START)
    await api_keys.add(an_api_key(1, "live"))
    await api_keys.add(an_api_key(2, "of another user"))
    listed = await api_keys.list_of_user(1)
    assert [api_key.digest for api_key in listed] == ["revoked", "live"]
    with pytest.raises(ApiKeyNameTakenError):
        await api_keys.add(an_api_key(1, "refused"))


async def test_user_that_breaks_another_rule_is_not_called_a_taken_email(
    database_session: AsyncSession,
) -> None:
    user = a_user()
    user.name = None  # type: ignore[assignment]
    with pytest.raises(IntegrityError, match=r"NOT NULL constraint failed: users\.name"):
        await UserRepository(database_session).add(user)


async def test_api_key_of_nobody_is_not_called_a_taken_name(
    database_session: AsyncSession,
) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"):
        await ApiKeyRepository(database_session).add(an_api_key(99, "digest"))
