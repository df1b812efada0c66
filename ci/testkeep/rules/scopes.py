"""What the names in test-support files stand for: in their file, in what they import, and in conftest files above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from testkeep.model.source import MODULE, Binding, FileBindings

_CONFTEST = "conftest.py"
_MAX_HOPS = 8
_AROUND_TESTS = frozenset(
    {MODULE, "pytestmark", "setUp", "setUpClass", "asyncSetUp", "tearDown", "tearDownClass", "asyncTearDown"}
    | {f"{when}_{what}" for when in ("setup", "teardown") for what in ("method", "class", "module", "function")}
    | {"setUpModule", "tearDownModule"}
)
"""What belongs to a test without being mentioned in it, beside its class and fixtures that are used automatically."""


class Place(NamedTuple):
    """Where something is defined: the file's path and the qualified name in it."""

    path: str
    name: str


def is_test(name: str) -> bool:
    """Say whether a qualified name is that of a test function."""
    return name.rpartition(".")[2].startswith("test")


class Side:
    """The files of one side, base or head."""

    def __init__(self, files: Mapping[str, FileBindings | None]) -> None:
        self._files = {path: bindings for path, bindings in files.items() if bindings is not None}
        self._classes = {path: {name.rpartition(".")[0] for name in bindings} for path, bindings in self._files.items()}
        self._by_stem: dict[str, list[str]] = {}
        for path in sorted(self._files):
            self._by_stem.setdefault(module_parts(path)[-1], []).append(path)
        self._known: dict[tuple[Place, str], Place | None] = {}
        self._known_outside: dict[tuple[str, str], Place | None] = {}
        self._autouse = {path: [_split(name) for name in _autouse(bindings)] for path, bindings in self._files.items()}
        self._above: dict[str, list[str]] = {}

    def binding(self, place: Place | None) -> Binding | None:
        """What stands at a place."""
        return None if place is None else self._files.get(place.path, {}).get(place.name)

    def names(self, path: str) -> frozenset[str]:
        """The qualified names that a file binds."""
        return frozenset(self._files.get(path, ()))

    def conftests(self, path: str) -> list[str]:
        """The conftest files above a file, the nearest first."""
        if path not in self._above:
            above = (str(folder / _CONFTEST) for folder in PurePosixPath(path).parents)
            self._above[path] = [one for one in above if one in self._files and one != path]
        return self._above[path]

    def keys(self, place: Place | None) -> frozenset[str]:
        """Everything that a binding mentions, and what belongs to it without being mentioned; for `lookup`."""
        binding = self.binding(place)
        if binding is None or place is None:
            return frozenset()
        keys = set(binding.mentions)
        for name in binding.mentions:
            for path in self._modules(place.path, name):
                keys |= {f"{name}.{member}" for member in binding.mentions if member in self._files[path]}
        if is_test(place.name):
            keys |= _AROUND_TESTS
            keys |= self.automatic(place)
        return frozenset(keys) | ({"."} if "." in place.name else frozenset())

    def lookup(self, place: Place | None, key: str) -> Place | None:
        """Where the thing is defined that a key of a place stands for; None if it is not in these files."""
        if place is None:
            return None
        if (place, key) not in self._known:
            self._known[place, key] = self._find(place, key)
        return self._known[place, key]

    def _find(self, place: Place, key: str) -> Place | None:
        path, own = place
        scope, _, last = own.rpartition(".")
        if key == ".":
            return Place(path, scope) if scope in self._files.get(path, {}) else None
        module, dot, member = key.partition(".")
        if dot:
            found = (Place(one, member) for one in self._modules(path, module) if member in self._files[one])
            return next(found, None)
        while scope:
            inherited = self._member(Place(path, scope), key, _MAX_HOPS)
            if inherited is not None and inherited != place:
                return inherited
            scope = scope.rpartition(".")[0]
        if key in self._files.get(path, {}) and (key != last or "." in own):
            return self._follow(Place(path, key))
        if (path, key) not in self._known_outside:
            self._known_outside[path, key] = self._by_star(path, key) or self._fixture(path, key)
        return self._known_outside[path, key]

    def _member(self, owner: Place, key: str, hops: int) -> Place | None:
        """A member of a class or of one that it inherits from."""
        bindings = self._files.get(owner.path, {})
        name = f"{owner.name}.{key}"
        if name in bindings:
            return Place(owner.path, name)
        if hops == 0 or owner.name not in bindings:
            return None
        for mentioned in sorted(bindings[owner.name].mentions & bindings.keys()):
            base = self._follow(Place(owner.path, mentioned))
            if base != owner and base.name in self._classes.get(base.path, ()):
                found = self._member(base, key, hops - 1)
                if found is not None:
                    return found
        return None

    def _follow(self, place: Place) -> Place:
        """Go from an import to what it brings in, as far as the files are known."""
        for _ in range(_MAX_HOPS):
            binding = self.binding(place)
            target = next(self._targets(place.path, binding.origins), None) if binding is not None else None
            if target is None:
                break
            place = target
        return place

    def _targets(self, path: str, origins: Iterable[str]) -> Iterator[Place]:
        for origin in origins:
            module, name = _split(origin)
            for one in self._files_of(path, module):
                if name in self._files[one] and one != path:
                    yield Place(one, name)

    def _by_star(self, path: str, key: str) -> Place | None:
        star = self._files.get(path, {}).get("*")
        for origin in star.origins if star is not None else ():
            for one in self._files_of(path, _split(origin)[0]):
                if key in self._files[one] and one != path:
                    return self._follow(Place(one, key))
        return None

    def _fixture(self, path: str, key: str) -> Place | None:
        """A fixture of the nearest conftest above; one that a conftest defines itself stands on those further up."""
        for conftest in self.conftests(path):
            if key in self._files[conftest]:
                found = self._follow(Place(conftest, key))
                if _is_fixture(self.binding(found)):
                    return found
        return None

    def automatic(self, place: Place | None) -> frozenset[str]:
        """The names of the fixtures that a test uses without asking for them."""
        return frozenset(self._automatic(place)) if place is not None and is_test(place.name) else frozenset()

    def _automatic(self, place: Place) -> Iterator[str]:
        for path in (place.path, *self.conftests(place.path)):
            for scope, name in self._autouse.get(path, ()):
                if not scope or (path == place.path and place.name.startswith(f"{scope}.")):
                    yield name

    def _modules(self, path: str, name: str) -> list[str]:
        """The files that an imported name stands for, if it is that of a module."""
        binding = self._files.get(path, {}).get(name)
        origins = binding.origins if binding is not None else ()
        return [one for origin in origins for one in self._files_of(path, origin) if one != path]

    def _files_of(self, path: str, module: str) -> list[str]:
        """The files that a module may be, as seen from a file: the nearest ones of its name."""
        parts = [part for part in module.split(".") if part]
        if not parts:
            return []
        same_name = [(_common(parts, module_parts(one)), one) for one in self._by_stem.get(parts[-1], [])]
        most = max((common for common, _ in same_name), default=0)
        folder = PurePosixPath(path).parent
        nearest = [one for common, one in same_name if common == most]
        return sorted(nearest, key=lambda one: (PurePosixPath(one).parent != folder, one))


def _split(qualified: str) -> tuple[str, str]:
    """The module or class, and the name in it."""
    scope, _, name = qualified.rpartition(".")
    return scope, name


def module_parts(path: str) -> list[str]:
    """The parts of the name under which a file's module is imported from the root, the last one surely."""
    parts = PurePosixPath(path).with_suffix("").parts
    return list(parts[:-1]) if parts[-1] == "__init__" and len(parts) > 1 else list(parts)


def _common(module: list[str], path: list[str]) -> int:
    """How many last parts a module's name and a path have in common."""
    count = 0
    for one, other in zip(reversed(module), reversed(path), strict=False):
        if one != other:
            break
        count += 1
    return count


def _autouse(bindings: FileBindings) -> list[str]:
    return [name for name, binding in bindings.items() if "autouse" in binding.mentions and _is_fixture(binding)]


def _is_fixture(binding: Binding | None) -> bool:
    return binding is not None and "fixture" in binding.mentions
