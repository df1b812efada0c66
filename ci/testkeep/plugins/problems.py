"""What a problem looks like inside of another program, which would print a traceback."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from testkeep.errors import KitError


@contextlib.contextmanager
def problems_reported() -> Iterator[None]:
    """Print a problem that comes up, with what to do, and end with its exit code.

    Raises:
        SystemExit: with the problem's exit code.
    """
    try:
        yield
    except KitError as error:
        hint = f"\n{error.hint}" if error.hint else ""
        sys.stderr.write(f"testkeep: {error.message}{hint}\n")
        raise SystemExit(error.exit_code) from error
