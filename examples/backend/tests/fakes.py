"""Stand-ins with behaviour, for unit tests. The repositories' contract holds for them as well:
see tests/integration/test_repositories_flow.py.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.api_keys.models import ApiKey
from app.errors import ApiKeyNameTakenError, EmailTakenError
from app.sessions.models import Session
from app.users.models import User

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FrozenClock:
    """Stands still until somebody moves it, or moves by one tick whenever it is read."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self.tick = timedelta(0)

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class ReadablePasswords:
    """Hashes that a reader of a failing test can read, and a count of what was computed."""

    def __init__(self) -> None:
        self.computed = 0

    async def hash(self, password: str) -> str:
        self.computed += 1
        return f"hash of {password}"

    async def verify(self, password: str, stored: str) -> bool:
        self.computed += 1
        return stored == f"hash of {password}"


class InMemoryUsers:
    def __init__(self) -> None:
        self.rows: dict[int, User] = {}

    async def add(self, user: User) -> None:
        if await self.find_by_email(user.email) is not None:
            raise EmailTakenError
        user.id = len(self.rows) + 1
        self.rows[user.id] = user

    async def get(self, user_id: int) -> User | None:
        return self.rows.get(user_id)

    async def find_by_email(self, email: str) -> User | None:
        return next((user for user in self.rows.values() if user.email == email), None)

    async def list_page(self, *, limit: int, offset: int) -> Sequence[User]:
        return list(self.rows.values())[offset : offset + limit]

    async def count(self) -> int:
        return len(self.rows)

    async def deactivate(self, user_id: int, at: datetime) -> User | None:
        user = self.rows.get(user_id)
        if user is not None and user.deactivated_at is None:
            user.deactivated_at = at
        return user

    def active(self, user_id: int) -> User | None:
        user = self.rows.get(user_id)
        return user if user is not None and user.is_active else None


class InMemorySessions:
    def __init__(self, users: InMemoryUsers) -> None:
        self._users = users
        self.rows: dict[str, Session] = {}

    async def add(self, session: Session) -> None:
        session.id = len(self.rows) + 1
        self.rows[session.token_digest] = session

    async def find_user(self, token_digest: str, at: datetime) -> User | None:
        session = self.rows.get(token_digest)
        if session is None or session.expires_at <= at:
            return None
        return self._users.active(session.user_id)

    async def delete(self, token_digest: str) -> None:
        self.rows.pop(token_digest, None)

    async def delete_expired(self, at: datetime) -> None:
        self.rows = {
            digest: session for digest, session in self.rows.items() if session.expires_at > at
        }


class InMemoryApiKeys:
    def __init__(self, users: InMemoryUsers) -> None:
        self._users = users
        self.rows: dict[int, ApiKey] = {}

    async def add(self, api_key: ApiKey) -> None:
        for other in self.rows.values():
            same = (other.user_id, other.name) == (api_key.user_id, api_key.name)
            if same and other.revoked_at is None:
                raise ApiKeyNameTakenError
        api_key.id = len(self.rows) + 1
        self.rows[api_key.id] = api_key

    async def list_of_user(self, user_id: int) -> Sequence[ApiKey]:
        return [api_key for api_key in self.rows.values() if api_key.user_id == user_id]

    async def revoke(self, user_id: int, api_key_id: int, at: datetime) -> bool:
        api_key = self.rows.get(api_key_id)
        if api_key is None or api_key.user_id != user_id or api_key.revoked_at is not None:
            return False
        api_key.revoked_at = at
        return True

    async def find_user(self, digest: str) -> User | None:
        for api_key in self.rows.values():
            if api_key.digest == digest and api_key.revoked_at is None:
                return self._users.active(api_key.user_id)
        return None
