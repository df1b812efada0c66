from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.api_keys.models import ApiKey
from app.clock import Clock
from app.errors import ApiKeyNotFoundError
from app.tokens import new_token, token_digest
from app.users.models import User

KEY_START = "bk_"  # lets people and secret scanners recognise a key
PREFIX_LENGTH = len(KEY_START) + 8


class ApiKeys(Protocol):
    """What the service needs of an API key repository."""

    async def add(self, api_key: ApiKey) -> None: ...

    async def list_of_user(self, user_id: int) -> Sequence[ApiKey]: ...

    async def revoke(self, user_id: int, api_key_id: int, at: datetime) -> bool: ...

    async def find_user(self, digest: str) -> User | None: ...


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A new key's record and the only copy of the key."""

    record: ApiKey
    key: str


class ApiKeyService:
    def __init__(self, api_keys: ApiKeys, clock: Clock) -> None:
        self._api_keys = api_keys
        self._clock = clock

    async def create(self, user: User, name: str) -> NewApiKey:
        key = KEY_START + new_token()
        record = ApiKey(
            user_id=user.id,
            name=name,
            prefix=key[:PREFIX_LENGTH],
            digest=token_digest(key),
            created_at=self._clock(),
        )
        await self._api_keys.add(record)
        return NewApiKey(record, key)

    async def list_of(self, user: User) -> Sequence[ApiKey]:
        return await self._api_keys.list_of_user(user.id)

    async def revoke(self, user: User, api_key_id: int) -> None:
        """Ends a key for good. Somebody else's key and a revoked one are not found."""
        if not await self._api_keys.revoke(user.id, api_key_id, self._clock()):
            raise ApiKeyNotFoundError

    async def find_user(self, key: str) -> User | None:
        return await self._api_keys.find_user(token_digest(key))
