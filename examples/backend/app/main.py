"""The application: `uvicorn app.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from app.api_keys.router import router as api_keys_router
from app.clock import Clock, utc_now
from app.context import Context
from app.database.engine import create_engine
from app.database.session import create_session_factory
from app.errors import ApplicationError
from app.passwords import ScryptPasswords
from app.sessions.router import router as sessions_router
from app.settings import Settings
from app.users.router import router as users_router


def create_app(settings: Settings | None = None, clock: Clock = utc_now) -> FastAPI:
    settings = settings or Settings.from_environment()
    engine = create_engine(settings.database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    application = FastAPI(title="Backend example", lifespan=lifespan)
    application.state.context = Context(
        settings=settings,
        engine=engine,
        session_factory=create_session_factory(engine),
        passwords=ScryptPasswords(
            cost=settings.scrypt_cost,
            block_size=settings.scrypt_block_size,
            parallelism=settings.scrypt_parallelism,
        ),
        clock=clock,
    )
    application.add_exception_handler(ApplicationError, _answer)
    application.include_router(users_router)
    application.include_router(sessions_router)
    application.include_router(api_keys_router)
    return application


async def _answer(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApplicationError)  # noqa: S101 - it is registered for nothing else
    return JSONResponse({"detail": error.detail}, status_code=error.status_code)


app = create_app()
