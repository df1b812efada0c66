from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Login(BaseModel):
    """What somebody claims. The limits of new passwords do not apply, only those of sanity."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[str, Field(max_length=320)]
    password: Annotated[SecretStr, Field(max_length=128)]
