"""The staff's view of accounts: any signed-in user may manage them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.authentication import get_current_user
from app.services import UsersDependency
from app.users.models import User
from app.users.schemas import UserCreate, UserPage, UserRead
from app.users.service import Page

router = APIRouter(prefix="/users", tags=["users"], dependencies=[Depends(get_current_user)])

# SQLite's integers have 64 bits; a larger number is nobody's id
UserId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("", status_code=201, response_model=UserRead)
async def create_user(new: UserCreate, users: UsersDependency) -> User:
    return await users.create(new)


@router.get("", response_model=UserPage)
async def list_users(
    users: UsersDependency,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> Page:
    return await users.list_page(limit=limit, offset=offset)


@router.get("/{user_id}", response_model=UserRead)
async def get_user(user_id: UserId, users: UsersDependency) -> User:
    return await users.get(user_id)


@router.post("/{user_id}/deactivate", response_model=UserRead)
async def deactivate_user(user_id: UserId, users: UsersDependency) -> User:
    return await users.deactivate(user_id)
