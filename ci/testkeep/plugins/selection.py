"""Which of the collected tests are run in this job, and who took the others out."""

from __future__ import annotations

import functools
import inspect
import os
import shlex
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import FrameType

import pytest

from testkeep.formats.canonical import canonical
from testkeep.model.evidence import JobContext
from testkeep.model.stage import Stage, stage_of
from testkeep.model.tests import Item, Selection, function_of

_stage_of = functools.lru_cache(maxsize=10_000)(stage_of)

# pytest's own selectors: module and function -> option and its name in the configuration.
_SELECTORS = {
    ("_pytest.mark", "deselect_by_keyword"): ("-k", "keyword"),
    ("_pytest.mark", "deselect_by_mark"): ("-m", "markexpr"),
    ("_pytest.main", "pytest_collection_modifyitems"): ("--deselect", "deselect"),
    ("_pytest.cacheprovider", "pytest_collection_modifyitems"): ("--lf", ""),
    ("_pytest.stepwise", "pytest_collection_modifyitems"): ("--stepwise", ""),
}


class StageSelection:
    """Watches what happens to the list of items, then keeps those of one stage (None: all of them).

    Of these it keeps the ones to which the run is limited; the others leave nothing in the record.
    ``recorded`` has this job's items after collection; ``elsewhere`` the ids of the tests of other stages.
    """

    def __init__(self, config: pytest.Config, context: JobContext, stage: Stage | None) -> None:
        self._config = config
        self._context = context
        self._stage = stage
        self._places = _Places(config.rootpath, context.provenance.project)
        # Every item that was ever in the list, held so that no other object gets its identity.
        self._items: dict[int, pytest.Item] = {}
        self._ids: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._stages: dict[int, Stage] = {}
        self._deselected: dict[int, str] = {}
        self._left_out: dict[int, str] = {}
        self._own_work = False
        self._only = None if context.only is None else frozenset(context.only)
        self._without = frozenset(context.without)
        self._others: dict[int, str] = {}
        self._lines: dict[tuple[int, str], int] = {}

    def id_of(self, item: pytest.Item) -> str:
        """The id with which a test was collected; plugins may rename it afterwards (xdist's ``@group``).

        Where a custom collector gives several tests one id, the second is ``id#2``: each of them guards something.
        """
        return self._ids.get(id(item)) or item.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember each item, so that one that vanishes is missed."""
        if id(item) not in self._items:
            number = self._numbers[item.nodeid] = self._numbers.get(item.nodeid, 0) + 1
            self._remember(item, f"#{number}" if number > 1 else "")

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Remember who deselected what."""
        if not self._own_work:
            by = _who_deselects(self._config)
            self._deselected |= {id(item): by for item in items}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Keep this stage's items: here every hook that adds, marks or drops items has had its turn."""
        for item in session.items:
            self._remember(item)
        if self._stage is not None:
            self._keep_stage(session.items)
            self._keep_shard(session.items)
        self._keep(session.items, self._is_chosen)
        yield

    def _remember(self, item: pytest.Item, number: str = "") -> None:
        if id(item) not in self._items:
            self._items[id(item)] = item
            self._ids[id(item)] = f"{item.nodeid}{number}"

    def _keep_stage(self, items: list[pytest.Item]) -> None:
        for item in items:
            marks = _marks(item)
            stage = self._stage_of(item, marks)
            left_out = self._context.leaves_out(stage, marks)
            if left_out:
                self._left_out[id(item)] = left_out
        self._keep(items, lambda item: self._stage_of(item) is self._stage and id(item) not in self._left_out)

    def _keep_shard(self, items: list[pytest.Item]) -> None:
        partition, shard = self._context.partition, self._context.job.shard
        if partition is not None:
            self._others = {
                key: self.id_of(item)
                for key, item in self._items.items()
                if self._stage_of(item) is self._stage and partition.shard_of(self.id_of(item)) != shard
            }
            self._keep(items, lambda item: id(item) not in self._others)

    def _is_chosen(self, item: pytest.Item) -> bool:
        if self._only is None and not self._without:
            return True
        test = self.id_of(item)
        names = {test, function_of(test)}
        return (self._only is None or not names.isdisjoint(self._only)) and names.isdisjoint(self._without)

    def _keep(self, items: list[pytest.Item], is_mine: Callable[[pytest.Item], bool]) -> None:
        others = [item for item in items if not is_mine(item)]
        items[:] = [item for item in items if is_mine(item)]
        if others:
            self._own_work = True
            self._config.hook.pytest_deselected(items=others)
            self._own_work = False

    def recorded(self, session: pytest.Session) -> tuple[Item, ...]:
        """Describe this job's items, in the order of collection.

        An item that a hook replaced by another of the same id was not dropped: the other one stands for it.
        """
        kept = {id(item): self.id_of(item) for item in session.items}
        kept_ids = set(kept.values())
        described = []
        for key, item in self._items.items():
            if self._is_mine(key, item):
                selection, by = self._fate(key, key in kept)
                if selection is not Selection.DROPPED or self.id_of(item) not in kept_ids:
                    described.append(self._describe(item, selection, by))
        return tuple(described)

    def _is_mine(self, key: int, item: pytest.Item) -> bool:
        in_job = (self._stage is None or self._stage_of(item) is self._stage) and key not in self._others
        return in_job and self._is_chosen(item)

    def other_shards(self) -> tuple[str, ...]:
        """The ids of the collected tests of this stage that belong to other shards."""
        return tuple(test_id for key, test_id in self._others.items() if self._is_chosen(self._items[key]))

    def elsewhere(self) -> dict[Stage, tuple[str, ...]]:
        """The ids of the collected tests of other stages, by stage."""
        found: dict[Stage, list[str]] = {}
        for item in self._items.values() if self._stage is not None else ():
            stage = self._stage_of(item)
            if stage is not self._stage and self._is_chosen(item):
                found.setdefault(stage, []).append(self.id_of(item))
        return {stage: tuple(ids) for stage, ids in found.items()}

    def _fate(self, key: int, is_kept: bool) -> tuple[Selection, str]:
        if is_kept:
            return Selection.SELECTED, ""
        if key in self._left_out:
            return Selection.LEFT_OUT, self._left_out[key]
        if key in self._deselected:
            return Selection.DESELECTED, self._deselected[key]
        return Selection.DROPPED, ""

    def _stage_of(self, item: pytest.Item, marks: tuple[str, ...] | None = None) -> Stage:
        """The stage by which the item was selected; a mark that is added later does not change it any more."""
        stage = self._stages.get(id(item))
        if stage is None:
            path, _ = self._places.of(item.path)
            stage = self._stages[id(item)] = _stage_of(path, _marks(item) if marks is None else marks)
        return stage

    def _describe(self, item: pytest.Item, selection: Selection, by: str) -> Item:
        in_project, in_repository = self._places.of(item.path)
        callspec = getattr(item, "callspec", None)
        marks = _marks(item)
        params = {} if callspec is None else callspec.params
        home = str(getattr(getattr(item, "module", None), "__name__", ""))
        return Item(
            id=self.id_of(item),
            path=in_repository,
            line=self._line_of(item, in_project),
            stage=self._stage_of(item, marks),
            marks=marks,
            params={name: canonical(value, self._places.roots, home) for name, value in params.items()},
            fixtures=tuple(getattr(item, "fixturenames", ())),
            selection=selection,
            selected_by=by,
            replaces=_replaces(item) if "replaces" in marks else (),
        )

    def _line_of(self, item: pytest.Item, path: str) -> int:
        """The line of a test. All sets of parameters of a function have one, and pytest reads it anew for each."""
        if not isinstance(item, pytest.Function) or type(item).reportinfo is not pytest.Function.reportinfo:
            return _line(item, path)
        key = (id(item.parent), item.originalname)
        if key not in self._lines:
            self._lines[key] = _line(item, path)
        return self._lines[key]


class _Places:
    """Paths relative to the project and to the repository, each worked out once; ``roots`` are the two folders."""

    def __init__(self, root: Path, project: str) -> None:
        self._root = root
        self._repository = root.parents[len(PurePosixPath(project).parts) - 1] if project else root
        self._known: dict[Path, tuple[str, str]] = {}
        folders = (self._root, self._repository)
        self.roots = tuple({str(path) for folder in folders for path in (folder, folder.resolve())})

    def of(self, path: Path) -> tuple[str, str]:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = (relative_path(path, self._root), relative_path(path, self._repository))
        return found


def relative_path(path: Path, root: Path) -> str:
    """Write a path relative to a root with forward slashes; absolute if it lies elsewhere."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _marks(item: pytest.Item) -> tuple[str, ...]:
    """The names of a test's marks, the closest first: those of its set of parameters, then function, class, module."""
    callspec = getattr(item, "callspec", None)
    own = [] if callspec is None else [mark.name for mark in callspec.marks]
    return tuple(dict.fromkeys([*own, *(mark.name for mark in item.iter_markers())]))


def _replaces(item: pytest.Item) -> tuple[str, ...]:
    """The ids of the tests that the item stands in for, as its marks name them, each once."""
    named = [argument for mark in item.iter_markers("replaces") for argument in mark.args]
    return tuple(dict.fromkeys(argument for argument in named if isinstance(argument, str)))


def _line(item: pytest.Item, path: str) -> int:
    """The line of a test in its own file, from 1; if it is inherited from another file, the line of its class."""
    file, line, _ = item.location
    if file.replace(os.sep, "/") == path:
        return (line or 0) + 1
    for node in reversed(item.listchain()):
        if isinstance(node, (pytest.Item, pytest.Class)):
            place, line, _ = node.reportinfo()
            if Path(place) == item.path:
                return (line or 0) + 1
    return 1


def _who_deselects(config: pytest.Config) -> str:
    """Name the code that is deselecting right now: pytest's own option with its value, or a hook and its place."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        module, function = str(frame.f_globals.get("__name__")), frame.f_code.co_name
        if (module, function) in _SELECTORS:
            return _shown(config, *_SELECTORS[module, function])
        if module != __name__ and module.partition(".")[0] not in ("pluggy", "_pytest"):
            path = Path(frame.f_code.co_filename)
            inside = path.is_relative_to(config.rootpath) and "site-packages" not in path.parts
            place = f"{relative_path(path, config.rootpath)}:{frame.f_lineno}" if inside else module
            return f"{place} {function}"
        frame = frame.f_back
    return ""


def _shown(config: pytest.Config, option: str, key: str) -> str:
    """An option with its value and, if it was not given on the command line, where it was."""
    value = config.getoption(key, default="") if key else ""
    text = " ".join(value) if isinstance(value, list) else repr(value) if value else ""
    origin = _origin(config, option, os.environ)
    return " ".join(part for part in (option, text, f"({origin})" if origin else "") if part)


def _origin(config: pytest.Config, option: str, environment: Mapping[str, str]) -> str:
    sources = {
        "": [str(argument) for argument in config.invocation_params.args],
        "PYTEST_ADDOPTS": shlex.split(environment.get("PYTEST_ADDOPTS", "")),
        "addopts": config.getini("addopts"),
    }
    return next((name for name, words in sources.items() if any(word.startswith(option) for word in words)), "")
