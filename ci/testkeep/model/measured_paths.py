"""Finds out which file of the project a measured path stands for, wherever it was measured."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

_INSTALLED = re.compile(r".*/(?:site|dist)-packages/(.+)")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")


class MeasuredPaths:
    """Maps paths of coverage data to paths relative to the project's root.

    ``roots`` are the absolute folders that the project's root is known by; ``modules`` has the folder, relative to the
    root, from which each of its top-level modules is imported: an installed copy of one stands for the project's own.
    """

    def __init__(self, roots: Iterable[str], modules: Mapping[str, str]) -> None:
        self._prefixes = tuple(f"{root.replace(chr(92), '/').rstrip('/')}/" for root in roots)
        self._modules = dict(modules)

    def place(self, path: str) -> str:
        """The path of the project's file; empty for a file that is not the project's own.

        >>> MeasuredPaths(["/srv/shop"], {"shop": "src"}).place("/env/lib/site-packages/shop/cart.py")
        'src/shop/cart.py'
        """
        unified = path.replace("\\", "/")
        installed = _INSTALLED.fullmatch(f"/{unified}")
        if installed:
            return self._own(installed[1])
        prefix = next((prefix for prefix in self._prefixes if unified.startswith(prefix)), "")
        if not prefix and _ABSOLUTE.match(unified):
            return ""
        inside = posixpath.normpath(unified.removeprefix(prefix))
        return "" if inside.startswith("../") else inside

    def _own(self, below: str) -> str:
        """The project's own file of an installed one, whose path below the packages' folder is given."""
        top = below.partition("/")[0]
        folder = self._modules.get(top if "/" in below else top.removesuffix(".py"))
        return "" if folder is None else posixpath.normpath(f"{folder}/{below}")
