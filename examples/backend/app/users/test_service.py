from datetime import timedelta

import pytest

from app.errors import EmailTakenError, UserNotFoundError
from app.users.schemas import UserCreate, UserRead
from app.users.service import UserService
from tests.fakes import START, FrozenClock, InMemoryUsers, ReadablePasswords

PASSWORD = "correct horse battery"


def a_user(name: str, email: str | None = None) -> UserCreate:
    return UserCreate.model_validate(
        {"email": email or f"{name}@example.com", "name": name, "password": PASSWORD}
    )


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def passwords() -> ReadablePasswords:
    return ReadablePasswords()


@pytest.fixture
def service(clock: FrozenClock, passwords: ReadablePasswords) -> UserService:
    return UserService(InMemoryUsers(), passwords, clock)


async def test_create_normalises_the_email_and_keeps_the_entered_one(service: UserService) -> None:
    user = await service.create(a_user("Ada", "Ada@Example.com"))
    assert UserRead.model_validate(user) == UserRead(
        id=1,
        email="ada@example.com",
        contact_email="Ada@Example.com",
        name="Ada",
        created_at=START,
        deactivated_at=None,
    )


async def test_create_stores_the_hash_of_the_password(service: UserService) -> None:
    user = await service.create(a_user("ada"))
    assert user.password_hash == f"hash of {PASSWORD}"


async def test_create_refuses_an_email_that_differs_in_case_only(service: UserService) -> None:
    await service.create(a_user("ada"))
    with pytest.raises(EmailTakenError):
        await service.create(a_user("Other", "ADA@example.com"))
    assert (await service.list_page(limit=10, offset=0)).total == 1


async def test_get_returns_the_user_of_the_id(service: UserService) -> None:
    await service.create(a_user("ada"))
    grace = await service.create(a_user("grace"))
    assert await service.get(grace.id) is grace


async def test_get_of_an_unknown_id_is_not_found(service: UserService) -> None:
    with pytest.raises(UserNotFoundError):
        await service.get(7)


@pytest.mark.parametrize(
    ("limit", "offset", "names"),
    [
        pytest.param(2, 0, ["ada", "grace"], id="first-page"),
        pytest.param(2, 2, ["mary"], id="last-page"),
        pytest.param(2, 4, [], id="beyond-the-end"),
    ],
)
async def test_list_page_has_the_slice_and_the_total(
    service: UserService, limit: int, offset: int, names: list[str]
) -> None:
    for name in ("ada", "grace", "mary"):
        await service.create(a_user(name))
    page = await service.list_page(limit=limit, offset=offset)
    assert ([user.name for user in page.items], page.total) == (names, 3)


async def test_deactivate_again_keeps_the_first_time(
    service: UserService, clock: FrozenClock
) -> None:
    user = await service.create(a_user("ada"))
    await service.deactivate(user.id)
    clock.advance(timedelta(hours=1))
    assert (await service.deactivate(user.id)).deactivated_at == START


async def test_deactivate_of_an_unknown_id_is_not_found(service: UserService) -> None:
    with pytest.raises(UserNotFoundError):
        await service.deactivate(7)


@pytest.mark.parametrize(
    ("email", "password", "found"),
    [
        pytest.param("ada@example.com", PASSWORD, True, id="right"),
        pytest.param(" ADA@example.com", PASSWORD, True, id="email-spelled-otherwise"),
        pytest.param("ada@example.com", "wrong", False, id="wrong-password"),
        pytest.param("eve@example.com", PASSWORD, False, id="unknown-email"),
    ],
)
async def test_find_by_credentials_costs_one_hash_whatever_the_answer(
    service: UserService,
    passwords: ReadablePasswords,
    email: str,
    password: str,
    found: bool,
) -> None:
    user = await service.create(a_user("ada"))
    before = passwords.computed
    assert await service.find_by_credentials(email, password) is (user if found else None)
    assert passwords.computed - before == 1


async def test_find_by_credentials_finds_no_deactivated_user(service: UserService) -> None:
    user = await service.create(a_user("ada"))
    await service.deactivate(user.id)
    assert await service.find_by_credentials("ada@example.com", PASSWORD) is None
