from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.users.schemas import Name


class ApiKeyCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name


class ApiKeyRead(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)

    id: int
    name: str
    prefix: str
    created_at: datetime
    revoked_at: datetime | None


class ApiKeyCreated(ApiKeyRead):
    """The only answer that ever contains the key."""

    key: str
