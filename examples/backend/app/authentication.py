"""Who is asking: by the session cookie, or by an API key in a header."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import APIKeyCookie, APIKeyHeader

from app.errors import NotAuthenticatedError
from app.services import ApiKeysDependency, SessionsDependency
from app.users.models import User

SESSION_COOKIE = "session"
API_KEY_HEADER = "X-API-Key"

SessionToken = Annotated[
    str | None, Depends(APIKeyCookie(name=SESSION_COOKIE, auto_error=False, scheme_name="session"))
]
ApiKeyToken = Annotated[
    str | None, Depends(APIKeyHeader(name=API_KEY_HEADER, auto_error=False, scheme_name="API key"))
]


async def get_session_user(token: SessionToken, sessions: SessionsDependency) -> User:
    """The user of the session cookie. What hands out new secrets asks for this one."""
    user = None if token is None else await sessions.find_user(token)
    if user is None:
        raise NotAuthenticatedError
    return user


async def get_current_user(
    session_token: SessionToken,
    api_key: ApiKeyToken,
    sessions: SessionsDependency,
    api_keys: ApiKeysDependency,
) -> User:
    """The user of the API key if there is one, else of the session cookie."""
    if api_key is None:
        return await get_session_user(session_token, sessions)
    user = await api_keys.find_user(api_key)
    if user is None:
        raise NotAuthenticatedError
    return user


SessionUser = Annotated[User, Depends(get_session_user)]
CurrentUser = Annotated[User, Depends(get_current_user)]
