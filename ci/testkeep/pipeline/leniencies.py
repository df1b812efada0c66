"""Finds what a change loosens of what static tools check: in their configuration, and by comments in the code."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from testkeep.errors import UsageError
from testkeep.formats import pre_commit
from testkeep.formats.hook_leniency import loosened_hooks
from testkeep.formats.suppressions import added, suppressions
from testkeep.formats.tool_config import FILES
from testkeep.formats.tool_leniency import loosened_settings
from testkeep.formats.tool_settings import ToolSettings, read_tool_settings
from testkeep.model.leniency import Leniency, LooserOption, Suppression
from testkeep.model.static_tool import Tool
from testkeep.pipeline.base_tree import folder_then
from testkeep.pipeline.sources import Texts
from testkeep.system.git import Change


def leniencies(texts: Texts) -> tuple[Leniency, ...]:
    """Find what a change loosens, one entry for each file; none where nothing was changed that tools read."""
    found = _Found(texts, folder_then(texts.project.repository, texts.commit, texts.project.folder))
    options = found.options()
    comments = found.comments()
    return tuple(
        Leniency(path=path, options=tuple(options.get(path, ())), suppressions=comments.get(path, ()))
        for path in sorted({*options, *comments})
    )


@dataclass(frozen=True)
class _Found:
    texts: Texts
    folder_then: str | None

    def options(self) -> dict[str, list[LooserOption]]:
        """The options that are looser, by the file that says so now, or said otherwise."""
        changed = {path for change in self.texts.changes for path in (change.old, change.new) if path}
        found: dict[str, list[LooserOption]] = {}
        if self.folder_then is not None and any(posixpath.basename(path) in FILES for path in changed):
            for path, option in self._of_settings(self._base_files(), self._head_files()):
                found.setdefault(self._in_repository(path), []).append(option)
        if pre_commit.FILE in changed:
            hooks = [side(pre_commit.FILE) or "" for side in (self.texts.base, self.texts.head)]
            try:
                looser = [LooserOption(*one) for one in loosened_hooks(*hooks)]
            except UsageError:
                looser = []  # the stage says what is wrong
            found |= {pre_commit.FILE: looser} if looser else {}
        return found

    def comments(self) -> dict[str, tuple[Suppression, ...]]:
        """The comments that came, by file."""
        base: dict[str, tuple[Suppression, ...]] = {}
        head: dict[str, tuple[Suppression, ...]] = {}
        self.texts.fetch_base(change.old for change in self.texts.python_changes)
        for change in self.texts.python_changes:
            path = change.new or change.old
            is_production = self.texts.is_production(path)
            for side, text in (
                (base, self.texts.base(change.old) if change.old else None),
                (head, self.texts.head(change.new) if change.new else None),
            ):
                side[path] = suppressions(text or "", is_production=is_production)
        return added(base, head)

    def _of_settings(self, base: Mapping[str, str], head: Mapping[str, str]) -> Iterator[tuple[str, LooserOption]]:
        folders = {posixpath.dirname(path) for path in (*base, *head)} | {""}
        for folder in sorted(folders):
            before, now = read_tool_settings(base, folder), read_tool_settings(head, folder)
            for tool in before.keys() | now.keys():
                if folder and tool is not Tool.RUFF:
                    continue  # the others read what is where they are run
                old = before.get(tool) or _above(base, folder, tool)
                new = now.get(tool) or _above(head, folder, tool)
                for name, then, here in loosened_settings(tool, old.values, new.values):
                    yield new.file or old.file, LooserOption(f"{tool}: {name}", then, here)

    def _head_files(self) -> dict[str, str]:
        project = self.texts.project
        return {name: project.text(name) for name in project.files if posixpath.basename(name) in FILES}

    def _base_files(self) -> dict[str, str]:
        """The base's files, by the names that they have now if their folders were moved."""
        folder = self.folder_then or ""
        names = self.texts.project.repository.files_at(self.texts.commit, folder)
        wanted = {f"{folder}/{name}".lstrip("/"): name for name in names if posixpath.basename(name) in FILES}
        self.texts.fetch_base(wanted)
        moved = {one.old: one.new for one in self.texts.changes if one.old and one.new and _is_same_name(one)}
        prefix = f"{self.texts.project.folder}/" if self.texts.project.folder else ""
        now = {path: moved.get(path, "").removeprefix(prefix) or name for path, name in wanted.items()}
        return {name: self.texts.base(path) or "" for path, name in now.items()}

    def _in_repository(self, path: str) -> str:
        folder = self.texts.project.folder
        return f"{folder}/{path}" if folder else path


def _is_same_name(change: Change) -> bool:
    return posixpath.basename(change.old) == posixpath.basename(change.new)


def _above(files: Mapping[str, str], folder: str, tool: Tool) -> ToolSettings:
    """What a tool reads in the nearest folder above that has configuration for it."""
    while folder:
        folder = posixpath.dirname(folder)
        found = read_tool_settings(files, folder).get(tool)
        if found is not None:
            return found
    return ToolSettings("", {})
