"""One CI pipeline for Python backends and a merge gate that notices every test that stopped guarding."""

import sys

__version__ = "0.1.0"

if sys.version_info < (3, 11):  # noqa: UP036  (pip can be told to install it all the same)
    sys.stderr.write(
        f"testkeep: needs Python 3.11 or later, and {sys.executable} is {sys.version.split()[0]}\n"
        "Install testkeep, and what the tests need, in an environment of a newer Python.\n"
    )
    raise SystemExit(4)
