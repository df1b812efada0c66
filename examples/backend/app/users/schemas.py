from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=320, pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"
    ),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
NewPassword = Annotated[SecretStr, Field(min_length=12, max_length=128)]


class UserCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Email
    name: Name
    password: NewPassword


class UserRead(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)

    id: int
    email: str
    contact_email: str
    name: str
    created_at: datetime
    deactivated_at: datetime | None


class UserPage(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)

    items: list[UserRead]
    total: int


def normalise_email(email: str) -> str:
    """The form in which addresses are compared. Migration 0004 did the same to the old rows."""
    return email.strip().lower()
