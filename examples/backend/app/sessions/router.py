from fastapi import APIRouter, Response

from app.authentication import SESSION_COOKIE, CurrentUser, SessionToken
from app.context import CurrentContext
from app.services import SessionsDependency
from app.sessions.schemas import Login
from app.sessions.service import SignIn
from app.settings import Settings
from app.users.models import User
from app.users.schemas import UserCreate, UserRead

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.post("/register", status_code=201, response_model=UserRead)
async def register(
    new: UserCreate, sessions: SessionsDependency, context: CurrentContext, response: Response
) -> User:
    sign_in = await sessions.register(new)
    _set_cookie(response, sign_in, context.settings)
    return sign_in.user


@router.post("/login", response_model=UserRead)
async def login(
    claim: Login, sessions: SessionsDependency, context: CurrentContext, response: Response
) -> User:
    sign_in = await sessions.login(claim.email, claim.password.get_secret_value())
    _set_cookie(response, sign_in, context.settings)
    return sign_in.user


@router.get("/me", response_model=UserRead)
async def me(user: CurrentUser) -> User:
    return user


@router.post("/logout", status_code=204)
async def logout(
    token: SessionToken, sessions: SessionsDependency, context: CurrentContext, response: Response
) -> None:
    """Ends the session if there is one; whoever asks has none afterwards."""
    if token is not None:
        await sessions.logout(token)
    response.delete_cookie(
        SESSION_COOKIE,
        secure=context.settings.session_cookie_secure,
        httponly=True,
        samesite="lax",
    )


def _set_cookie(response: Response, sign_in: SignIn, settings: Settings) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        sign_in.token,
        max_age=int(settings.session_lifetime.total_seconds()),
        secure=settings.session_cookie_secure,
        httponly=True,
        samesite="lax",
    )
