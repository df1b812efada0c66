"""A user's own API keys. They are managed from a session only: a key cannot make keys."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path

from app.api_keys.models import ApiKey
from app.api_keys.schemas import ApiKeyCreate, ApiKeyCreated, ApiKeyRead
from app.authentication import SessionUser
from app.services import ApiKeysDependency

router = APIRouter(prefix="/api-keys", tags=["api keys"])


@router.post("", status_code=201)
async def create_api_key(
    new: ApiKeyCreate, user: SessionUser, api_keys: ApiKeysDependency
) -> ApiKeyCreated:
    created = await api_keys.create(user, new.name)
    return ApiKeyCreated(**ApiKeyRead.model_validate(created.record).model_dump(), key=created.key)


@router.get("", response_model=list[ApiKeyRead])
async def list_api_keys(user: SessionUser, api_keys: ApiKeysDependency) -> Sequence[ApiKey]:
    return await api_keys.list_of(user)


@router.delete("/{api_key_id}", status_code=204)
async def revoke_api_key(
    api_key_id: Annotated[int, Path(ge=1, lt=2**63)],
    user: SessionUser,
    api_keys: ApiKeysDependency,
) -> None:
    await api_keys.revoke(user, api_key_id)
