"""What a change does to the policy: the policies of both sides."""

from __future__ import annotations

from msgspec import Struct

from testkeep.model.policy import Policy


class Uncounted(Struct, frozen=True, kw_only=True):
    """Code in a file that does not count, by its name; paths are relative to the project's root.

    ``was`` is the file in which it counted at the base (empty: it is new), ``names`` are the definitions that came from
    there (empty: the whole file). ``is_imported``: production code imports it.
    """

    path: str
    was: str = ""
    names: tuple[str, ...] = ()
    is_imported: bool = False


class PolicyChange(Struct, frozen=True, kw_only=True):
    """The policy at the base commit and the head's own.

    ``commit`` is the base commit. ``base`` is None if there is no policy at the base, which makes the head's a first
    adoption, or none that can be read: then ``problem`` says why. One that was removed a short time before, or that
    cannot be read any more, stands for it: ``remembered`` is the commit that had it. ``file`` is the head's policy
    file, relative to the project's root; empty if there is none.

    ``unmeasured`` are files that counted for coverage at the base, by the names that they have now, and do not any
    more. ``uncounted`` is other code that counts no more, or counts for nothing from the beginning. ``code`` are the
    base's files that were production code in spite of their names.
    """

    commit: str
    base: Policy | None
    head: Policy
    file: str = ""
    problem: str = ""
    remembered: str = ""
    folder: str = ""
    coverage: tuple[tuple[str, str, str], ...] = ()
    unmeasured: tuple[str, ...] = ()
    uncounted: tuple[Uncounted, ...] = ()
    code: tuple[str, ...] = ()
