from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.sessions.models import Session
from app.users.models import User


class SessionRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, session: Session) -> None:
        self._session.add(session)
        await self._session.flush()

    async def find_user(self, token_digest: str, at: datetime) -> User | None:
        """The user of a session that has not expired, unless the user was deactivated."""
        return await self._session.scalar(
            select(User)
            .join(Session, Session.user_id == User.id)
            .where(
                Session.token_digest == token_digest,
                Session.expires_at > at,
                User.deactivated_at.is_(None),
            )
        )

    async def delete(self, token_digest: str) -> None:
        await self._session.execute(delete(Session).where(Session.token_digest == token_digest))

    async def delete_expired(self, at: datetime) -> None:
        await self._session.execute(delete(Session).where(Session.expires_at <= at))
