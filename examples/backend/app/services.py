"""How a request gets its services: each on the request's one database session."""

from typing import Annotated

from fastapi import Depends

from app.api_keys.repository import ApiKeyRepository
from app.api_keys.service import ApiKeyService
from app.context import CurrentContext
from app.database.session import DatabaseSession
from app.sessions.repository import SessionRepository
from app.sessions.service import SessionService
from app.users.repository import UserRepository
from app.users.service import UserService


def get_user_service(session: DatabaseSession, context: CurrentContext) -> UserService:
    return UserService(UserRepository(session), context.passwords, context.clock)


UsersDependency = Annotated[UserService, Depends(get_user_service)]


def get_session_service(
    session: DatabaseSession, users: UsersDependency, context: CurrentContext
) -> SessionService:
    return SessionService(
        SessionRepository(session), users, context.clock, context.settings.session_lifetime
    )


SessionsDependency = Annotated[SessionService, Depends(get_session_service)]


def get_api_key_service(session: DatabaseSession, context: CurrentContext) -> ApiKeyService:
    return ApiKeyService(ApiKeyRepository(session), context.clock)


ApiKeysDependency = Annotated[ApiKeyService, Depends(get_api_key_service)]
