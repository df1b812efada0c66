"""Collects again what a comparison doubts: whether a test is lost, or only has another id in every run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import msgspec

from testkeep.errors import Undecided, UsageError
from testkeep.formats.parameter_places import fixture_line, parametrize_line
from testkeep.model.comparison import NotCompared, Uncompared
from testkeep.model.tests import Item, RecordedTest, function_of
from testkeep.model.unstable import Unstable
from testkeep.pipeline.base_tree import check_out
from testkeep.pipeline.collecting import collect_files
from testkeep.pipeline.context import Project
from testkeep.pipeline.progress import Phase, StageProgress, Watcher
from testkeep.pipeline.sources import Texts
from testkeep.rules.base import Facts, name_in_file
from testkeep.rules.unstable_ids import doubtful, find_unstable

# More files on a command line take longer to name than to collect the whole suite.
_MOST_FILES = 100
_Items = Mapping[str, Sequence[Item]]


@dataclass(frozen=True)
class Again:
    """What a second collection found out: the unstable functions, and what could not be looked into."""

    unstable: tuple[Unstable, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()


def collect_again(texts: Texts, facts: Facts, watcher: Watcher) -> Again:
    """Collect the doubtful functions again, those of the base in a worktree; nothing, where there is no doubt."""
    base_functions, head_functions = doubtful(facts)
    if not base_functions and not head_functions:
        return Again()
    project = texts.project
    now = _by_function(facts.tests(), head_functions)
    before = _by_function(facts.base_tests(), base_functions)
    try:
        again = _collected(project, now, {}, _shown(watcher, "head"))
        at_head = list(find_unstable(now, again, head_functions))
        # What changes at the head changed at the base, or the change brought it: either way it is compared alike.
        left = base_functions - {one.function for one in at_head}
        at_base = list(_at_base(texts, {name: before[name] for name in left & before.keys()}, again, watcher))
    except (Undecided, UsageError) as error:
        return Again(
            not_compared=(
                NotCompared(
                    what=Uncompared.IDS, why=error.message, tests=tuple(sorted(head_functions or base_functions))
                ),
            )
        )
    return Again(tuple(_placed(texts, one, now, before) for one in (*at_head, *at_base)))


def _at_base(texts: Texts, before: _Items, head: _Items, watcher: Watcher) -> Iterator[Unstable]:
    if not before:
        return
    with check_out(texts.project, texts.commit, for_tests=True) as tree:
        if tree is None:
            raise Undecided("the project is not there at the base commit")
        again = _collected(tree.project, before, tree.environment, _shown(watcher, "base"))
    for one in find_unstable(before, again, before):
        # The same ids at both commits, if they are collected at the same time: they will be others tomorrow.
        ids = [sorted(item.id for item in side.get(one.function, ())) for side in (again, head)]
        yield msgspec.structs.replace(one, is_mended=ids[0] != ids[1])


def _collected(
    project: Project, items: _Items, environment: Mapping[str, str], show: Callable[[Phase], None]
) -> dict[str, list[Item]]:
    """The tests that a second collection finds, by function."""
    files = sorted({item.id.partition("::")[0] for found in items.values() for item in found})
    collection = collect_files(
        project, files if len(files) <= _MOST_FILES else [], environment, lambda: show(Phase.RUNNING)
    )
    show(Phase.PASSED if collection.suite is not None else Phase.ERROR)
    if collection.suite is None:
        raise Undecided(f"a second collection did not finish: {collection.trouble or 'its time was over'}")
    return _by_function(collection.suite.tests, items)


def _by_function(tests: Iterable[RecordedTest], functions: Iterable[str]) -> dict[str, list[Item]]:
    """The tests of some functions; one that ran in several environments counts once."""
    wanted = set(functions)
    found: dict[str, dict[str, Item]] = defaultdict(dict)
    for test in tests:
        if function_of(test.item.id) in wanted:
            found[function_of(test.item.id)].setdefault(test.item.id, test.item)
    return {function: list(items.values()) for function, items in found.items()}


def _shown(watcher: Watcher, label: str) -> Callable[[Phase], None]:
    began = time.monotonic()
    progress = StageProgress(f"{label}: {'collect':<12}", Phase.RUNNING, detail="again: do ids change from run to run?")

    def show(phase: Phase) -> None:
        watcher.show((replace(progress, phase=phase, duration_s=time.monotonic() - began),))

    return show


# Where the parameters come from -----------------------------------------------------------------------------------


def _placed(texts: Texts, one: Unstable, now: _Items, before: _Items) -> Unstable:
    at_head = now.get(one.function)
    item = (at_head or before[one.function])[0]
    read = texts.head if at_head else texts.base
    for parameter in sorted(item.params.keys() - set(one.steady)) or sorted(item.params):
        for path, line in _places(read, item, parameter):
            if line:
                return msgspec.structs.replace(one, path=path, line=line)
    return msgspec.structs.replace(one, path=item.path, line=item.line)


def _places(read: Callable[[str], str | None], item: Item, parameter: str) -> Iterator[tuple[str, int]]:
    """Where a parameter may come from, the nearest first: its mark, or a fixture here or in a conftest.py."""
    text = read(item.path) or ""
    yield item.path, parametrize_line(text, name_in_file(item), parameter)
    yield item.path, fixture_line(text, parameter)
    for folder in PurePosixPath(item.path).parents:
        path = str(folder / "conftest.py")
        yield path, fixture_line(read(path) or "", parameter)
