from datetime import timedelta

import pytest

from app.errors import EmailTakenError, InvalidCredentialsError
from app.sessions.service import SessionService
from app.tokens import token_digest
from app.users.schemas import UserCreate
from app.users.service import UserService
from tests.fakes import START, FrozenClock, InMemorySessions, InMemoryUsers, ReadablePasswords

LIFETIME = timedelta(hours=8)
PASSWORD = "correct horse battery"
ADA = UserCreate.model_validate({"email": "ada@example.com", "name": "Ada", "password": PASSWORD})


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def users() -> InMemoryUsers:
    return InMemoryUsers()


@pytest.fixture
def sessions(users: InMemoryUsers) -> InMemorySessions:
    return InMemorySessions(users)


@pytest.fixture
def service(users: InMemoryUsers, sessions: InMemorySessions, clock: FrozenClock) -> SessionService:
    return SessionService(sessions, UserService(users, ReadablePasswords(), clock), clock, LIFETIME)


async def test_register_creates_the_user_and_signs_in(
    service: SessionService, users: InMemoryUsers
) -> None:
    sign_in = await service.register(ADA)
    assert list(users.rows.values()) == [sign_in.user]
    assert await service.find_user(sign_in.token) is sign_in.user


async def test_register_with_a_taken_email_opens_no_session(
    service: SessionService, sessions: InMemorySessions
) -> None:
    await service.register(ADA)
    with pytest.raises(EmailTakenError):
        await service.register(ADA)
    assert len(sessions.rows) == 1


async def test_session_keeps_the_digest_of_the_token_only(
    service: SessionService, sessions: InMemorySessions
) -> None:
    sign_in = await service.register(ADA)
    [session] = sessions.rows.values()
    assert (session.user_id, session.token_digest, session.created_at, session.expires_at) == (
        sign_in.user.id,
        token_digest(sign_in.token),
        START,
        START + LIFETIME,
    )


async def test_login_opens_another_session_beside_the_first(service: SessionService) -> None:
    first = await service.register(ADA)
    second = await service.login("ada@example.com", PASSWORD)
    assert first.token != second.token
    assert await service.find_user(first.token) is first.user
    assert await service.find_user(second.token) is first.user


async def test_login_with_a_wrong_password_opens_no_session(
    service: SessionService, sessions: InMemorySessions
) -> None:
    await service.register(ADA)
    with pytest.raises(InvalidCredentialsError):
        await service.login("ada@example.com", "wrong")
    assert len(sessions.rows) == 1


async def test_login_clears_expired_sessions_away(
    service: SessionService, sessions: InMemorySessions, clock: FrozenClock
) -> None:
    await service.register(ADA)
    clock.advance(LIFETIME)
    sign_in = await service.login("ada@example.com", PASSWORD)
    assert list(sessions.rows) == [token_digest(sign_in.token)]


@pytest.mark.parametrize(
    ("age", "valid"),
    [
        pytest.param(LIFETIME - timedelta(microseconds=1), True, id="just-before"),
        pytest.param(LIFETIME, False, id="exactly-at"),
    ],
)
async def test_session_is_valid_until_it_expires(
    service: SessionService, clock: FrozenClock, age: timedelta, valid: bool
) -> None:
    sign_in = await service.register(ADA)
    clock.advance(age)
    assert (await service.find_user(sign_in.token) is sign_in.user) is valid


async def test_session_of_a_deactivated_user_finds_nobody(
    service: SessionService, users: InMemoryUsers
) -> None:
    sign_in = await service.register(ADA)
    await users.deactivate(sign_in.user.id, START)
    assert await service.find_user(sign_in.token) is None


async def test_logout_ends_the_session_of_this_token_only(service: SessionService) -> None:
    first = await service.register(ADA)
    second = await service.login("ada@example.com", PASSWORD)
    await service.logout(first.token)
    assert await service.find_user(first.token) is None
    assert await service.find_user(second.token) is first.user
