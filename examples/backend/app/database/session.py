"""One database session for each request."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.context import CurrentContext


def create_session_factory(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False)


async def get_session(context: CurrentContext) -> AsyncIterator[AsyncSession]:
    async with context.session_factory.begin() as session:
        yield session


# Scope "function": the commit happens when the endpoint returns, before the response is sent.
# The usual scope would commit after it, and a client could be told of a row that is never there.
DatabaseSession = Annotated[AsyncSession, Depends(get_session, scope="function")]
