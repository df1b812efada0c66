"""Whether the code of a file is the project's production code, and where it stands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from testkeep.model.layout import is_production

_FOREIGN_FOLDERS = frozenset({"site-packages", "dist-packages", ".nox", ".tox", ".venv"})


class CodePlaces:
    """Tells the production code of a project from other code, by the names of files, each worked out once.

    ``root`` is the project's root, ``folder`` its place in the repository; ``source`` has the production code's folders
    and modules, relative to the root, and ``packages`` the top-level modules, which may be installed somewhere else.
    """

    def __init__(self, root: Path, folder: str, source: Sequence[str], packages: Sequence[str]) -> None:
        self._root = root
        self._real_root = Path(os.path.realpath(root))
        self._folder = folder
        self._source = tuple(source)
        self._packages = frozenset(packages)
        self._known: dict[str, str] = {}
        self._environments: dict[Path, bool] = {}

    def of(self, filename: str, module: str) -> str:
        """Find where a file of production code stands, relative to the repository's root; empty for other code.

        ``module`` is the dotted name of the module that it runs in.
        """
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._find(filename, module)
        return known

    def _find(self, filename: str, module: str) -> str:
        if filename.startswith("<"):  # no file: frozen modules, doctests, generated code
            return ""
        path = self._in_project(filename) or self._installed(filename, module)
        if path is None or not is_production(str(path), self._source):
            return ""
        return str(PurePosixPath(self._folder) / path)

    def _in_project(self, filename: str) -> PurePosixPath | None:
        """The path relative to the project's root; None if the file is not below it, or in an environment there."""
        for path, root in (
            (Path(os.path.abspath(filename)), self._root),  # noqa: PTH100  (resolve() would follow links)
            (Path(os.path.realpath(filename)), self._real_root),
        ):
            if path.is_relative_to(root):
                inside = path.relative_to(root)
                folders = [root / folder for folder in inside.parents][:-1]
                is_foreign = _FOREIGN_FOLDERS.intersection(inside.parts) or any(map(self._is_environment, folders))
                return None if is_foreign else PurePosixPath(inside.as_posix())
        return None

    def _is_environment(self, folder: Path) -> bool:
        known = self._environments.get(folder)
        if known is None:
            known = self._environments[folder] = (folder / "pyvenv.cfg").exists()
        return known

    def _installed(self, filename: str, module: str) -> PurePosixPath | None:
        """The source of a module of the project that was installed; None if it is not one."""
        names = module.split(".")
        if names[0] not in self._packages:
            return None
        file = PurePosixPath(Path(filename).as_posix())
        n_parts = len(names) + (file.name == "__init__.py")
        below = PurePosixPath(*file.parts[-n_parts:])
        if below.with_suffix("").parts[: len(names)] != tuple(names):
            return None
        entries = [PurePosixPath(os.path.normpath(entry)) for entry in self._source]
        roots = {parent for entry in entries for parent in (entry, *entry.parents)}
        found = (root / below for root in sorted(roots, key=lambda root: -len(root.parts)))
        return next((path for path in found if (self._root / path).is_file()), None)
