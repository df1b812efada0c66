from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.api_keys.models import ApiKey
from app.database.errors import violates_unique
from app.errors import ApiKeyNameTakenError
from app.users.models import User


class ApiKeyRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, api_key: ApiKey) -> None:
        self._session.add(api_key)
        try:
            await self._session.flush()
        except IntegrityError as error:
            if violates_unique(error, "api_keys.user_id", "api_keys.name"):
                raise ApiKeyNameTakenError from error
            raise

    async def list_of_user(self, user_id: int) -> Sequence[ApiKey]:
        api_keys = await self._session.scalars(
            select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id)
        )
        return api_keys.all()

    async def revoke(self, user_id: int, api_key_id: int, at: datetime) -> bool:
        """Whether this call revoked the key; of two at the same moment, one did."""
        revoked = await self._session.scalar(
            update(ApiKey)
            .where(ApiKey.id == api_key_id, ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
            .values(revoked_at=at)
            .returning(ApiKey.id)
        )
        return revoked is not None

    async def find_user(self, digest: str) -> User | None:
        """The user of a key that is not revoked, unless the user was deactivated."""
        return await self._session.scalar(
            select(User)
            .join(ApiKey, ApiKey.user_id == User.id)
            .where(
                ApiKey.digest == digest,
                ApiKey.revoked_at.is_(None),
                User.deactivated_at.is_(None),
            )
        )
