"""Finds the tests that mention something that changed: a helper, a fixture, a class, and what these mention.

A helper that changed matters if it asserted at the base, or could hide a failure at the head, or is gone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from testkeep.model.source import FileBindings
from testkeep.rules.scopes import Place, Side, is_test

Bindings = Mapping[str, FileBindings | None]
"""The bindings of files by their paths; None for a file that cannot be read."""


class _Node(NamedTuple):
    """One thing as it is at the base and at the head; None where it is not."""

    base: Place | None
    head: Place | None


def affected(base: Bindings, head: Bindings) -> dict[str, dict[str, Place]]:
    """Find the definitions whose own binding changed, or that of anything they mention, by path and qualified name.

    Each comes with the reason: path and name of the nearest binding that changed, its own before all. Of functions that
    are new only those are found that mention something old that changed. A file that cannot be read at one side is left
    out.
    """
    if base == head:
        return {}
    unreadable = {path for side in (base, head) for path, bindings in side.items() if bindings is None}
    closure = _Closure(*(Side({path: side[path] for path in side.keys() - unreadable}) for side in (base, head)))
    found: dict[str, dict[str, Place]] = {}
    for path in sorted(head.keys() - unreadable):
        for name in head[path] or {}:
            reason = closure.reason(Place(path, name))
            if reason is not None:
                found.setdefault(path, {})[name] = reason
    return found


class _Closure:
    def __init__(self, base: Side, head: Side) -> None:
        self._base = base
        self._head = head
        self._nearby: dict[_Node, list[_Node]] = {}

    def reason(self, place: Place) -> Place | None:
        """The nearest binding that changed and matters to one of the head; None if there is none."""
        start = _Node(place if self._base.binding(place) is not None else None, place)
        if self._changed(start) and (is_test(place.name) or self._matters(start)):
            return place
        seen = {start}
        waiting = deque([start])
        while waiting:
            for mentioned in self._mentioned(waiting.popleft()):
                if mentioned in seen:
                    continue
                seen.add(mentioned)
                if self._matters(mentioned):
                    return mentioned.head or mentioned.base
                waiting.append(mentioned)
        return None

    def _changed(self, node: _Node) -> bool:
        base, head = self._base.binding(node.base), self._head.binding(node.head)
        return base is not None and head is not None and base.digest != head.digest

    def _matters(self, node: _Node) -> bool:
        """Say whether a thing that something mentions is another than at the base, so that it may guard less."""
        base, head = self._base.binding(node.base), self._head.binding(node.head)
        if base is not None and head is not None:
            return base.digest != head.digest and (base.asserts or head.hides)
        if base is not None:
            return not base.origins  # what is imported from elsewhere is not part of the tests
        return head is not None and head.hides and not head.origins

    def _mentioned(self, node: _Node) -> list[_Node]:
        """What a thing mentions, at both sides; what only the head of something old mentions is new and left out."""
        if node not in self._nearby:
            keys = self._base.keys(node.base) or self._head.keys(node.head)
            keys |= self._head.automatic(node.head)
            found = (self._pair(node, key) for key in sorted(keys))
            self._nearby[node] = [one for one in found if one != _Node(None, None)]
        return self._nearby[node]

    def _pair(self, node: _Node, key: str) -> _Node:
        """What a key of a thing stands for at both sides, whether it is mentioned there or not."""
        base = self._base.lookup(node.base or node.head, key)
        head = self._head.lookup(node.head or node.base, key)
        if base is None and node.base is None and self._base.binding(head) is not None:
            base = head  # a test that was moved stands on what was there before
        return _Node(base, head)
