"""What decoding JSON with msgspec raises where the data are damaged or of another shape."""

from __future__ import annotations

import msgspec

# Before 0.21, the errors of msgspec are no ValueError. Data that are no UTF-8 are one in every release.
UNREADABLE = (ValueError, msgspec.MsgspecError, RecursionError)
