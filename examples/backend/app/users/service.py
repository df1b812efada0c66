from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.clock import Clock
from app.errors import UserNotFoundError
from app.passwords import Passwords
from app.users.models import User
from app.users.schemas import UserCreate, normalise_email


class Users(Protocol):
    """What the service needs of a user repository."""

    async def add(self, user: User) -> None: ...

    async def get(self, user_id: int) -> User | None: ...

    async def find_by_email(self, email: str) -> User | None: ...

    async def list_page(self, *, limit: int, offset: int) -> Sequence[User]: ...

    async def count(self) -> int: ...

    async def deactivate(self, user_id: int, at: datetime) -> User | None: ...


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[User]
    total: int


class UserService:
    def __init__(self, users: Users, passwords: Passwords, clock: Clock) -> None:
        self._users = users
        self._passwords = passwords
        self._clock = clock

    async def create(self, new: UserCreate) -> User:
        user = User(
            email=normalise_email(new.email),
            contact_email=new.email,
            name=new.name,
            password_hash=await self._passwords.hash(new.password.get_secret_value()),
            created_at=self._clock(),
        )
        await self._users.add(user)
        return user

    async def get(self, user_id: int) -> User:
        user = await self._users.get(user_id)
        if user is None:
            raise UserNotFoundError
        return user

    async def list_page(self, *, limit: int, offset: int) -> Page:
        return Page(
            items=await self._users.list_page(limit=limit, offset=offset),
            total=await self._users.count(),
        )

    async def deactivate(self, user_id: int) -> User:
        """Locks the user out from now on; doing it again changes nothing."""
        user = await self._users.deactivate(user_id, self._clock())
        if user is None:
            raise UserNotFoundError
        return user

    async def find_by_credentials(self, email: str, password: str) -> User | None:
        """The active user with this email address and password.

        An unknown address costs one hash as well, so that the time tells nobody who is registered.
        """
        user = await self._users.find_by_email(normalise_email(email))
        if user is None:
            await self._passwords.hash(password)
            return None
        correct = await self._passwords.verify(password, user.password_hash)
        return user if correct and user.is_active else None
