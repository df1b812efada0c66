"""Parametrized functions whose ids or values are other ones in every run."""

from __future__ import annotations

from msgspec import Struct


class Unstable(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A function of which two collections of the same code found other parameter sets.

    ``steady`` are the parameters whose values were the same in both; ``rows`` is how many sets there were at least, if
    their number varies (0: it does not). ``before`` and ``after`` are what one of its tests was called in both (empty:
    the ids were the same, only the values were not). ``path`` and ``line`` are the place of the ``parametrize`` or
    fixture, relative to the repository's root. ``is_mended`` says that it was so at the base only.
    """

    function: str
    steady: tuple[str, ...] = ()
    rows: int = 0
    before: str = ""
    after: str = ""
    path: str = ""
    line: int = 0
    is_mended: bool = False
