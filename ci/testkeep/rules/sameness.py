"""Whether two tests of one commit are the same test twice: the same code, in which every name means the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from testkeep.model.source import Binding
from testkeep.model.tests import Item
from testkeep.rules.scopes import Place, Side

_MOST_PAIRS = 2_000
# With these a fixture asks for which test it is made, and a module for its own place.
_ASKS_FOR_THE_TEST = frozenset({"node", "module", "cls", "function", "instance", "path", "fspath", "keywords"})
_OF_THE_FILE = frozenset({"__file__", "__name__", "__package__", "__path__", "__spec__", "globals", "vars"})
_OF_SCOPE = re.compile(r"(_(?:xunit|unittest)_\w+?_fixture)_.*")
_OF_METHODS = frozenset({".", "self", "cls"})
_OF_ONE_KIND = (
    "setup_function", "teardown_function", "setup_method", "teardown_method", "setup_class", "teardown_class", "setUp",
    "tearDown", "setUpClass", "tearDownClass", "asyncSetUp", "asyncTearDown",
)  # fmt: skip
_NO_GUARD = frozenset({"replaces"})


def guards_of_item(item: Item) -> tuple[object, ...]:
    """What besides its code makes a test what it is: its values, its marks, and the fixtures that it uses."""
    fixtures = frozenset(_OF_SCOPE.sub(r"\1", name) for name in item.fixtures)
    return (tuple(sorted(item.params.items())), frozenset(item.marks) - _NO_GUARD, fixtures)


def is_same(side: Side, one: Place, other: Place) -> bool:
    """Whether two tests have the same statements, marks and values, and all names in them are bound to the same.

    Helpers, fixtures, classes and constants are followed from file to file. Not if what one of them is depends on the
    file or the test itself, or if a conftest of one alone has hooks.
    """
    if one == other or side.binding(one) is None:
        return False
    if not _have_same_hooks(side, one.path, other.path):
        return False
    begin = _mentioned(side, one, other) if _is_method(one) is _is_method(other) else _freed(side, one, other)
    if begin is None:
        return False
    seen = {(one, other)}
    waiting = begin
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        mentioned = _mentioned(side, *pair)
        if mentioned is None or len(seen) > _MOST_PAIRS:
            return False
        waiting += mentioned
    return True


def _freed(side: Side, one: Place, other: Place) -> list[tuple[Place, Place]] | None:
    """What the names of a method and of a function mean, in pairs; None if they differ, or the class changes something.

    The class has no bases, attributes, decorators or fixtures, and no set-up is for methods or for functions alone.
    """
    here, there = side.binding(one), side.binding(other)
    if here is None or there is None or not here.unbound or here.unbound != there.unbound:
        return None
    method = one if _is_method(one) else other
    owner = side.binding(Place(method.path, method.name.rpartition(".")[0]))
    if owner is None or owner.mentions or "." in method.name.rpartition(".")[0]:
        return None
    if one.path != other.path and not _have_same_stars(side, one, other):
        return None
    keys, others = (side.keys(place) - _OF_METHODS for place in (one, other))
    own = [side.lookup(place, key) for place in (one, other) for key in _OF_ONE_KIND]
    if keys != others or any(own) or _depends_on_the_test(here) or not _OF_THE_FILE.isdisjoint(here.mentions):
        return None
    return _pairs(side, one, other, keys)


def _is_method(place: Place) -> bool:
    return "." in place.name


def _mentioned(side: Side, one: Place, other: Place) -> list[tuple[Place, Place]] | None:
    """What the names of two things mean, in pairs; None if the things differ, or one of the names does."""
    here, there = side.binding(one), side.binding(other)
    if here is None or there is None or here.digest != there.digest or _depends_on_the_test(here):
        return None
    if one.path != other.path and not (_is_the_same_anywhere(here, one, other) and _have_same_stars(side, one, other)):
        return None
    keys = side.keys(one)
    if keys != side.keys(other):
        return None
    return _pairs(side, one, other, keys)


def _pairs(side: Side, one: Place, other: Place, keys: Iterable[str]) -> list[tuple[Place, Place]] | None:
    pairs = [(side.lookup(one, key), side.lookup(other, key)) for key in keys]
    if any((left is None) is not (right is None) for left, right in pairs):
        return None
    return [(left, right) for left, right in pairs if left is not None and right is not None]


def _depends_on_the_test(binding: Binding) -> bool:
    return "request" in binding.mentions and not _ASKS_FOR_THE_TEST.isdisjoint(binding.mentions)


def _is_the_same_anywhere(binding: Binding, one: Place, other: Place) -> bool:
    """Whether a thing that stands in two files does not depend on which it is."""
    near = PurePosixPath(one.path).parent == PurePosixPath(other.path).parent
    return _OF_THE_FILE.isdisjoint(binding.mentions) and (near or not any(map(_is_relative, binding.origins)))


def _is_relative(origin: str) -> bool:
    return origin.startswith(".")


def _have_same_stars(side: Side, one: Place, other: Place) -> bool:
    """Whether two files import all names of the same modules: nobody knows which these are."""
    here, there = (side.binding(Place(place.path, "*")) for place in (one, other))
    stars = here.origins if here is not None else ()
    return stars == (there.origins if there is not None else ()) and not any(map(_is_relative, stars))


def _have_same_hooks(side: Side, one: str, other: str) -> bool:
    above, others = set(side.conftests(one)), set(side.conftests(other))
    return not any(name.startswith("pytest_") for path in above ^ others for name in side.names(path))
