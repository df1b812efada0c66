"""The policy that counts where the base has none: one that was removed is not forgotten at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import msgspec

from testkeep.model.policy import Policy
from testkeep.rules.policy_changes import given_back, tightened
from testkeep.rules.waived_keys import loosenable

DAYS = 90
"""How long a policy counts after it was removed."""


def strictest(versions: Iterable[Policy | None], today: datetime.date) -> Policy | None:
    """Make the policy that demands what any of several versions demanded, the oldest first; None if there was none.

    A version is None where there was no policy, which demands nothing. What a waiver of the version before allowed to
    loosen is loosened. No waiver is left: nobody agrees to it any more.
    """
    found: Policy | None = None
    waivers = Policy().waivers
    for version in versions:
        if found is None:
            found = version
        else:
            allowed, found = loosenable(waivers, today), msgspec.structs.replace(found, waivers=())
            found = given_back(found, allowed) if version is None else tightened(found, version, allowed)
        waivers = version.waivers if version is not None else waivers
    return msgspec.structs.replace(found, waivers=()) if found is not None else None
