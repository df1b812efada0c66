"""What a change does to the policy: the policies of both sides."""

from __future__ import annotations

from msgspec import Struct

from testkeep.model.policy import Policy


class PolicyChange(Struct, frozen=True, kw_only=True):
    """The policy at the base commit and the head's own.

    ``commit`` is the base commit. ``base`` is None if there is no policy at the base, which makes the head's a first
    adoption, or none that can be read: then ``problem`` says why. ``file`` is the head's policy file, relative to the
    project's root; empty if there is none. ``unmeasured`` are files that
    counted for coverage at the base, by the names that they have now, and do not any more.
    """

    commit: str
    base: Policy | None
    head: Policy
    file: str = ""
    problem: str = ""
    folder: str = ""
    coverage: tuple[tuple[str, str, str], ...] = ()
    unmeasured: tuple[str, ...] = ()
