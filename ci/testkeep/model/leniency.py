"""What static tools check less of than they did."""

from __future__ import annotations

from msgspec import Struct


class LooserOption(Struct, frozen=True):
    """An option of a tool's configuration that a change loosens, with the values of both sides as people read them."""

    name: str
    old: str
    new: str


class Suppression(Struct, frozen=True, order=True):
    """A comment that keeps a tool from saying something.

    ``text`` is the comment's part that does it, ``code`` the line that it stands in. ``is_blunt``: it does not say
    which complaint is meant, or takes lines out of the coverage.
    """

    line: int
    text: str
    code: str
    is_blunt: bool


class Leniency(Struct, frozen=True, kw_only=True):
    """What a change loosens in one file, whose path is relative to the repository's root."""

    path: str
    options: tuple[LooserOption, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
