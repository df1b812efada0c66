"""The keys of the policy that waivers of TK503 let a change loosen."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from testkeep.model.policy import Waiver

CODE = "TK503"


def loosenable(waivers: Iterable[Waiver], today: datetime.date) -> frozenset[str]:
    """The keys that waivers let a change loosen."""
    return frozenset(waiver.test for waiver in waivers if waiver.rule == CODE and not waiver.is_expired(today))
