"""A database of its own for every test, and the service on it as it runs in production.

The database is a copy of a file that the real migrations made once in this process. It lies below
pytest's own temporary folder, so that any number of runs can share a working directory.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.main import create_app
from app.settings import Settings
from tests.databases import upgrade, url_of
from tests.fakes import FrozenClock

NewClient: TypeAlias = Callable[[], Awaitable[AsyncClient]]

ADA = {"email": "ada@example.com", "name": "Ada", "password": "correct horse battery"}


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "backend.db"
    upgrade(file)
    return file


@pytest.fixture
def database(template_database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(template_database, tmp_path / "backend.db"))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def settings(database: Path) -> Settings:
    """Production's, but for the place of the database and the price of a password."""
    return Settings(
        database_url=url_of(database), scrypt_cost=2, scrypt_block_size=1, scrypt_parallelism=1
    )


@pytest.fixture
async def application(settings: Settings, clock: FrozenClock) -> AsyncIterator[FastAPI]:
    application = create_app(settings, clock)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def new_client(application: FastAPI) -> AsyncIterator[NewClient]:
    """Makes clients, each with its own cookies."""
    async with AsyncExitStack() as stack:

        async def make() -> AsyncClient:
            transport = ASGITransport(app=application)
            client = AsyncClient(transport=transport, base_url="https://backend.test")
            return await stack.enter_async_context(client)

        yield make


@pytest.fixture
async def client(new_client: NewClient) -> AsyncClient:
    """Somebody whom the service does not know yet."""
    return await new_client()


@pytest.fixture
async def ada(new_client: NewClient) -> AsyncClient:
    """Ada's client: she is registered as user 1 and signed in."""
    client = await new_client()
    response = await client.post("/sessions/register", json=ADA)
    assert response.status_code == 201, response.text
    return client
