"""What started a pipeline in a CI product, as far as it says which commit a change is compared with."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Provider(StrEnum):
    """The CI product that testkeep runs under."""

    GITHUB = "github"
    GITLAB = "gitlab"
    LOCAL = "local"


class Occasion(StrEnum):
    """What a pipeline is run for."""

    CHANGE = "change"
    """A pull request or merge request."""
    QUEUE = "queue"
    """A merge queue: the commit that the branch will become."""
    PUSH = "push"
    """A push to the default branch."""
    OTHER = "other"


class ChangeEvent(Struct, frozen=True, kw_only=True):
    """What the provider says of a pipeline; empty where it says nothing. Nothing of it is believed unseen.

    ``head`` is the commit that it is run for, ``base`` the one that the provider compares with, ``target`` the branch
    that a change is to be merged into, or the default branch. ``merged`` says that ``head`` is the provider's own merge
    of the change into its target; any other merge is its author's. ``attempt`` counts from 1.
    """

    provider: Provider = Provider.LOCAL
    occasion: Occasion = Occasion.OTHER
    head: str = ""
    base: str = ""
    target: str = ""
    merged: bool = False
    attempt: int = 1
