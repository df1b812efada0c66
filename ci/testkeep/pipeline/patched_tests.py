"""Finds the tests that share a fixture which begins to patch: what it puts in the place of code, they do not test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from testkeep.formats.module_bindings import read_bindings
from testkeep.model.inspection import Suspect
from testkeep.pipeline.sources import Texts
from testkeep.rules.base import Facts

_PATCH = frozenset({"monkeypatch", "patch", "mocker", "mock"})
_MOST = 10
"""Of the tests that share a fixture, so many are run again, line by line."""


def find_patched(texts: Texts, facts: Facts) -> Iterator[Suspect]:
    """Find a few of the tests of each fixture that patches at the head, and did not at the base, or was not there."""
    kept = frozenset(facts.comparison.kept)
    for path, name in _patching(texts):
        folder, _, file = path.rpartition("/")
        place = f"{folder}/".lstrip("/") if file == "conftest.py" else path
        using = (
            test.item.id
            for test in facts.tests()
            if test.item.id in kept and name in test.item.fixtures and test.item.path.startswith(place)
        )
        yield from (Suspect(base=test_id, head=test_id) for test_id in islice(using, _MOST))


def _patching(texts: Texts) -> Iterator[tuple[str, str]]:
    """The fixtures that begin to patch, with their files."""
    for change in texts.python_changes:
        text = texts.head(change.new) if change.new and not texts.is_production(change.new) else None
        if text is None or "fixture" not in text or not any(word in text for word in _PATCH):
            continue
        before = read_bindings(texts.base(change.old) or "") or {} if change.old else {}
        for name, binding in (read_bindings(text) or {}).items():
            old = before.get(name)
            is_new = old is None or _PATCH.isdisjoint(old.mentions)
            if is_new and "fixture" in binding.mentions and _PATCH & binding.mentions and not binding.origins:
                yield change.new, name.rpartition(".")[2]
