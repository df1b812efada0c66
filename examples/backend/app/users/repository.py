from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.database.errors import violates_unique
from app.errors import EmailTakenError
from app.users.models import User


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, user: User) -> None:
        """Inserts the user. The database decides who was first: there is no check before."""
        self._session.add(user)
        try:
            await self._session.flush()
        except IntegrityError as error:
            if violates_unique(error, "users.email"):
                raise EmailTakenError from error
            raise

    async def get(self, user_id: int) -> User | None:
        return await self._session.get(User, user_id)

    async def find_by_email(self, email: str) -> User | None:
        return await self._session.scalar(select(User).where(User.email == email))

    async def list_page(self, *, limit: int, offset: int) -> Sequence[User]:
        users = await self._session.scalars(
            select(User).order_by(User.id).limit(limit).offset(offset)
        )
        return users.all()

    async def count(self) -> int:
        return await self._session.scalar(select(func.count()).select_from(User)) or 0

    async def deactivate(self, user_id: int, at: datetime) -> User | None:
        """Sets the time once: of two callers at the same moment, the first one's time stays."""
        await self._session.execute(
            update(User)
            .where(User.id == user_id, User.deactivated_at.is_(None))
            .values(deactivated_at=at)
        )
        return await self._session.get(User, user_id, populate_existing=True)
