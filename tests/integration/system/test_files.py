"""Writing where there is no room."""

from __future__ import annotations

from pathlib import Path

import pytest

from testkeep.errors import EvidenceError
from testkeep.system.files import append_text

_FULL = Path("/dev/full")


@pytest.mark.skipif(not _FULL.exists(), reason="only Linux has a file that is always full")
def test_append_text__no_room__says_how_much_is_needed() -> None:
    with pytest.raises(EvidenceError) as caught:
        append_text(_FULL, "grün\n")

    assert caught.value.message.startswith(f"{_FULL}: cannot be written: ")
    assert ": 6 bytes are needed, " in caught.value.message
