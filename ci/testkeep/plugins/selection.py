"""Which of the collected tests are run in this job, and who took the others out."""

from __future__ import annotations

import inspect
from collections.abc import Generator, Sequence
from pathlib import Path
from types import FrameType

import pytest

from testkeep.formats.canonical import canonical
from testkeep.model.evidence import JobContext
from testkeep.model.stage import Stage, stage_of
from testkeep.model.tests import Item, Selection

_SELF = Path(__file__).resolve()
_PYTEST_SELECTORS = {
    "deselect_by_keyword": "-k",
    "deselect_by_mark": "-m",
    "pytest_collection_modifyitems": "--deselect",
}


class StageSelection:
    """Watches what happens to the list of items, then keeps those of one stage (None: all of them).

    ``recorded`` has this job's items after collection; ``elsewhere`` the ids of the tests of other stages.
    """

    def __init__(self, config: pytest.Config, context: JobContext, stage: Stage | None) -> None:
        self._config = config
        self._context = context
        self._stage = stage
        self._deselected: dict[int, str] = {}
        self._items: list[pytest.Item] = []
        self._taken_out: dict[int, tuple[Selection, str]] = {}
        self._stages: dict[int, Stage] = {}
        self._own_work = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, None, None]:
        """Compare the list before and after all other plugins, by identity: plugins may rename tests."""
        before = list(items)
        yield
        kept = {id(item) for item in items}
        self._items = [*before, *(item for item in items if id(item) not in {id(old) for old in before})]
        for item in self._items:
            if id(item) in self._deselected:
                self._taken_out[id(item)] = (Selection.DESELECTED, self._deselected[id(item)])
            elif id(item) not in kept:
                self._taken_out[id(item)] = (Selection.DROPPED, "")
        if self._stage is not None:
            self._keep_stage(items)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Remember who deselected what."""
        if not self._own_work:
            by = _who_deselects(self._config)
            self._deselected |= {id(item): by for item in items}

    def _keep_stage(self, items: list[pytest.Item]) -> None:
        mine: list[pytest.Item] = []
        for item in items:
            stage = self._stage_of(item)
            left_out = self._context.policy.leaves_out(stage, _marks(item))
            if left_out:
                self._taken_out[id(item)] = (Selection.LEFT_OUT, left_out)
            elif stage is self._stage:
                mine.append(item)
        kept = {id(item) for item in mine}
        others = [item for item in items if id(item) not in kept]
        items[:] = mine
        if others:
            self._own_work = True
            self._config.hook.pytest_deselected(items=others)
            self._own_work = False

    def recorded(self, session: pytest.Session) -> tuple[Item, ...]:
        """Describe this job's items. Items that vanished after selection count as dropped."""
        final = {id(item) for item in session.items}
        described = []
        for item in self._items or session.items:
            if self._stage is not None and self._stage_of(item) is not self._stage:
                continue
            selection, by = self._taken_out.get(id(item), (Selection.SELECTED, ""))
            if selection is Selection.SELECTED and id(item) not in final:
                selection = Selection.DROPPED
            described.append(self._describe(item, selection, by))
        return tuple(described)

    def elsewhere(self) -> dict[Stage, tuple[str, ...]]:
        """The ids of the collected tests of other stages, by stage."""
        found: dict[Stage, list[str]] = {}
        for item in self._items:
            stage = self._stage_of(item)
            if self._stage is not None and stage is not self._stage:
                found.setdefault(stage, []).append(item.nodeid)
        return {stage: tuple(ids) for stage, ids in found.items()}

    def _stage_of(self, item: pytest.Item) -> Stage:
        if id(item) not in self._stages:
            self._stages[id(item)] = stage_of(relative_path(item.path, self._config.rootpath), _marks(item))
        return self._stages[id(item)]

    def _describe(self, item: pytest.Item, selection: Selection, by: str) -> Item:
        project = self._context.provenance.project
        path = relative_path(item.path, self._config.rootpath)
        callspec = getattr(item, "callspec", None)
        params = {} if callspec is None else {name: canonical(value) for name, value in callspec.params.items()}
        return Item(
            id=item.nodeid,
            path=f"{project}/{path}" if project else path,
            line=(item.location[1] or 0) + 1,
            stage=self._stage_of(item),
            marks=_marks(item),
            params=params,
            fixtures=tuple(getattr(item, "fixturenames", ())),
            selection=selection,
            selected_by=by,
        )


def relative_path(path: Path, root: Path) -> str:
    """Write a path relative to a root with forward slashes; absolute if it lies elsewhere."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _marks(item: pytest.Item) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark.name for mark in item.iter_markers()))


def _who_deselects(config: pytest.Config) -> str:
    """Name the code that is deselecting right now: pytest's own option with its value, or a hook's place."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        name = frame.f_code.co_name
        package = path.parent.name
        if package == "_pytest" or path.parent.parent.name == "_pytest":
            if name in _PYTEST_SELECTORS:
                return _with_value(config, _PYTEST_SELECTORS[name])
        elif package != "pluggy" and path.resolve() != _SELF:
            return f"{relative_path(path, config.rootpath)}:{frame.f_lineno} {name}"
        frame = frame.f_back
    return ""


def _with_value(config: pytest.Config, option: str) -> str:
    key = {"-k": "keyword", "-m": "markexpr", "--deselect": "deselect"}[option]
    value = config.getoption(key, default="")
    return f"{option} {' '.join(value) if isinstance(value, list) else value!r}"
