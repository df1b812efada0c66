import pytest

from app.api_keys.schemas import ApiKeyRead
from app.api_keys.service import ApiKeyService
from app.errors import ApiKeyNameTakenError, ApiKeyNotFoundError
from app.tokens import token_digest
from app.users.models import User
from tests.fakes import START, FrozenClock, InMemoryApiKeys, InMemoryUsers


async def a_user(users: InMemoryUsers, name: str) -> User:
    email = f"{name}@example.com"
    user = User(
        email=email, contact_email=email, name=name, password_hash="unused", created_at=START
    )
    await users.add(user)
    return user


@pytest.fixture
def users() -> InMemoryUsers:
    return InMemoryUsers()


@pytest.fixture
async def ada(users: InMemoryUsers) -> User:
    return await a_user(users, "ada")


@pytest.fixture
async def grace(users: InMemoryUsers, ada: User) -> User:
    return await a_user(users, "grace")


@pytest.fixture
def service(users: InMemoryUsers) -> ApiKeyService:
    return ApiKeyService(InMemoryApiKeys(users), FrozenClock())


async def test_create_hands_out_the_key_and_records_its_digest(
    service: ApiKeyService, ada: User
) -> None:
    created = await service.create(ada, "laptop")
    assert ApiKeyRead.model_validate(created.record) == ApiKeyRead(
        id=1, name="laptop", prefix=created.key[:11], created_at=START, revoked_at=None
    )
    assert created.key.startswith("bk_")
    assert created.record.digest == token_digest(created.key)


async def test_create_refuses_the_name_of_a_live_key(service: ApiKeyService, ada: User) -> None:
    await service.create(ada, "laptop")
    with pytest.raises(ApiKeyNameTakenError):
        await service.create(ada, "laptop")


async def test_create_accepts_the_name_of_a_revoked_key(service: ApiKeyService, ada: User) -> None:
    old = await service.create(ada, "laptop")
    await service.revoke(ada, old.record.id)
    new = await service.create(ada, "laptop")
    assert await service.list_of(ada) == [old.record, new.record]


async def test_list_of_a_user_leaves_out_the_keys_of_others(
    service: ApiKeyService, ada: User, grace: User
) -> None:
    created = await service.create(ada, "laptop")
    await service.create(grace, "laptop")
    assert await service.list_of(ada) == [created.record]


async def test_find_user_knows_the_owner_of_a_live_key_only(
    service: ApiKeyService, ada: User, grace: User
) -> None:
    revoked = await service.create(ada, "laptop")
    live = await service.create(grace, "laptop")
    await service.revoke(ada, revoked.record.id)
    assert await service.find_user(live.key) is grace
    assert await service.find_user(revoked.key) is None
    assert await service.find_user("bk_never-made") is None


async def test_find_user_finds_no_deactivated_owner(
    service: ApiKeyService, users: InMemoryUsers, ada: User
) -> None:
    created = await service.create(ada, "laptop")
    await users.deactivate(ada.id, START)
    assert await service.find_user(created.key) is None


async def test_revoke_notes_the_time(service: ApiKeyService, ada: User) -> None:
    created = await service.create(ada, "laptop")
    await service.revoke(ada, created.record.id)
    assert created.record.revoked_at == START


async def test_revoke_of_somebody_elses_key_is_not_found(
    service: ApiKeyService, ada: User, grace: User
) -> None:
    created = await service.create(ada, "laptop")
    with pytest.raises(ApiKeyNotFoundError):
        await service.revoke(grace, created.record.id)
    assert await service.find_user(created.key) is ada


async def test_revoke_a_second_time_is_not_found(service: ApiKeyService, ada: User) -> None:
    created = await service.create(ada, "laptop")
    await service.revoke(ada, created.record.id)
    with pytest.raises(ApiKeyNotFoundError):
        await service.revoke(ada, created.record.id)
