"""Every model, so that the metadata is complete: for migrations, and for whoever creates tables."""

from app.api_keys.models import ApiKey
from app.database.base import Base
from app.sessions.models import Session
from app.users.models import User

__all__ = ["ApiKey", "Base", "Session", "User"]
