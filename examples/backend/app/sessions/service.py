from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.clock import Clock
from app.errors import InvalidCredentialsError
from app.sessions.models import Session
from app.tokens import new_token, token_digest
from app.users.models import User
from app.users.schemas import UserCreate


class Sessions(Protocol):
    """What the service needs of a session repository."""

    async def add(self, session: Session) -> None: ...

    async def find_user(self, token_digest: str, at: datetime) -> User | None: ...

    async def delete(self, token_digest: str) -> None: ...

    async def delete_expired(self, at: datetime) -> None: ...


class Accounts(Protocol):
    """What the service needs of the user service."""

    async def create(self, new: UserCreate) -> User: ...

    async def find_by_credentials(self, email: str, password: str) -> User | None: ...


@dataclass(frozen=True, slots=True)
class SignIn:
    """A new session and the only copy of its token."""

    user: User
    token: str
    expires_at: datetime


class SessionService:
    def __init__(
        self, sessions: Sessions, accounts: Accounts, clock: Clock, lifetime: timedelta
    ) -> None:
        self._sessions = sessions
        self._accounts = accounts
        self._clock = clock
        self._lifetime = lifetime

    async def register(self, new: UserCreate) -> SignIn:
        return await self._open(await self._accounts.create(new))

    async def login(self, email: str, password: str) -> SignIn:
        user = await self._accounts.find_by_credentials(email, password)
        if user is None:
            raise InvalidCredentialsError
        await self._sessions.delete_expired(self._clock())
        return await self._open(user)

    async def find_user(self, token: str) -> User | None:
        return await self._sessions.find_user(token_digest(token), self._clock())

    async def logout(self, token: str) -> None:
        await self._sessions.delete(token_digest(token))

    async def _open(self, user: User) -> SignIn:
        token = new_token()
        now = self._clock()
        expires_at = now + self._lifetime
        await self._sessions.add(
            Session(
                user_id=user.id,
                token_digest=token_digest(token),
                created_at=now,
                expires_at=expires_at,
            )
        )
        return SignIn(user, token, expires_at)
