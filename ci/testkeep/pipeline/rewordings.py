"""Finds tests that do what a lost one did, but for words that production code changed, and for values of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from testkeep.formats.asserted_checks import TestChecks
from testkeep.formats.python_source import read_functions
from testkeep.formats.rewording import Rewording
from testkeep.model.inspection import Reworded
from testkeep.model.production import Place, Production
from testkeep.model.source import FileSource
from testkeep.model.tests import Item, function_of
from testkeep.pipeline.sources import Texts
from testkeep.rules.base import name_in_file

_MOST_LOST, _MOST_ROWS = 200, 100
Words = tuple[tuple[str, str], ...]
Rewordings = Mapping[str, Mapping[str, Reworded]]
"""By the ids of a lost test and of a new one."""


def find_rewordings(
    texts: Texts,
    files: Mapping[tuple[str, bool], TestChecks],
    lost: Sequence[Item],
    new: Iterable[Item],
    near: Mapping[str, Sequence[str]],
    history: Production,
) -> dict[str, dict[str, Reworded]]:
    """Compare each lost test with all rows of the functions that are ``near`` to it, or are of its class.

    ``files`` has the test files of both sides, by their paths and whether they are the base's.
    """
    families: dict[str, list[Item]] = {}
    owners: dict[str, list[str]] = {}
    for item in new:
        function = function_of(item.id)
        if function not in families:
            owners.setdefault(_owner(item), []).append(function)
        families.setdefault(function, []).append(item)
    production = _Production(texts, history)
    known: dict[tuple[str, str, frozenset[str]], tuple[Rewording, Reworded] | None] = {}
    found: dict[str, dict[str, Reworded]] = {}
    for item in lost[:_MOST_LOST]:
        functions = dict.fromkeys(function_of(test_id) for test_id in near.get(item.id, ()))
        before = files.get((item.path, True))
        inherits = before is not None and before.inherits(name_in_file(item))
        for function in (*functions, *(owners.get(_owner(item), ()) if inherits else ())):
            rows = families.get(function, [])[:_MOST_ROWS]
            key = (function_of(item.id), function, frozenset(item.params))
            if key not in known:
                differs = _reword(files, item, rows[0]) if rows else None
                known[key] = (differs, production.reworded(differs.words)) if differs is not None else None
            compared = known[key]
            if compared is None:
                continue
            rewording, reworded = compared
            # Another text that is given to the code is another case of it.
            if reworded.is_known or not rewording.texts:
                same = (row for row in rows if rewording.holds_for(item.params, row.params))
                found.setdefault(item.id, {}).update((row.id, reworded) for row in same)
    return {test_id: tests for test_id, tests in found.items() if tests}


def _reword(files: Mapping[tuple[str, bool], TestChecks], old: Item, new: Item) -> Rewording | None:
    before, now = files.get((old.path, True)), files.get((new.path, False))
    if before is None or now is None:
        return None
    names = name_in_file(old), name_in_file(new)
    is_inherited = before.inherits(names[0]) or now.inherits(names[1])
    if is_inherited and _owner(old) != _owner(new):
        return None  # what a class makes of a test that it inherits is known to be the same for that class only
    return before.reworded(names[0], now, names[1], old.params, new.params)


def _owner(item: Item) -> str:
    return item.id.partition("[")[0].rpartition("::")[0]


class _Production:
    """The changed files of production code, on both sides."""

    def __init__(self, texts: Texts, history: Production) -> None:
        self._texts = texts
        self._history = history
        self._sides: tuple[str, str] | None = None
        self._defined: dict[str, FileSource] = {}
        self._counted: dict[str, tuple[int, int]] = {}

    def reworded(self, words: Words) -> Reworded:
        """Say of words that differ whether production code was changed in them, too."""
        return Reworded(
            words=words,
            is_known=all(self._is_said_instead(*pair) for pair in words),
            is_renamed=all(self._is_the_code_of(*pair) for pair in words),
        )

    def _is_said_instead(self, old: str, new: str) -> bool:
        """Whether a word stands there less often than it did, and the other one does."""
        (before, now), (_, there) = self._count(old), self._count(new)
        return now < before and there > 0

    def _is_the_code_of(self, old: str, new: str) -> bool:
        """Whether there were definitions of the one name, and the most of each is in one of the other name now."""
        found = [
            self._is_in(new, change.old, range(source.start or source.line, source.end + 1))
            for change in self._texts.python_changes
            if change.old and self._texts.is_production(change.old)
            for source in read_functions(self._texts.base(change.old) or "").values()
            if source.name.rpartition(".")[2] == old
        ]
        return bool(found) and all(found)

    def _is_in(self, name: str, path: str, lines: range) -> bool:
        fates = (self._history.fate(path, line) for line in lines)
        kept = sum(isinstance(fate, Place) and name in self._definitions_around(fate) for fate in fates)
        return 2 * kept > len(lines)

    def _definitions_around(self, place: Place) -> set[str]:
        if place.path not in self._defined:
            self._defined[place.path] = read_functions(self._texts.head(place.path) or "")
        sources = self._defined[place.path].values()
        return {one.name.rpartition(".")[2] for one in sources if one.line <= place.line <= one.end}

    def _count(self, word: str) -> tuple[int, int]:
        if word not in self._counted:
            whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
            base, head = self._both()
            self._counted[word] = (len(whole.findall(base)), len(whole.findall(head)))
        return self._counted[word]

    def _both(self) -> tuple[str, str]:
        if self._sides is None:
            self._sides = "\n".join(self._read(at_base=True)), "\n".join(self._read(at_base=False))
        return self._sides

    def _read(self, *, at_base: bool) -> Iterator[str]:
        for change in self._texts.python_changes:
            path = change.old if at_base else change.new
            if path and self._texts.is_production(path):
                yield (self._texts.base(path) if at_base else self._texts.head(path)) or ""
