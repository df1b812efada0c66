"""Says where the patterns of layers are not what was meant: they match nothing, or what another layer has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from testkeep.model.coverage import Coverage
from testkeep.model.finding import Severity
from testkeep.model.patterns import matches
from testkeep.rules.base import Facts, Problem, in_repository
from testkeep.rules.thresholds import layer_key

_SIMILAR = 0.6
_MOST = 3


def idle_patterns(facts: Facts, coverage: Coverage) -> Iterator[Problem]:
    """Patterns that match no measured file: a warning if the layer has no file at all, else a note."""
    for name, layer in facts.policy.coverage.layers.items():
        idle = [pattern for pattern in layer.paths if not any(matches(path, [pattern]) for path in coverage.files)]
        for pattern in idle:
            found = nearest_paths(pattern, coverage.files)
            yield Problem(
                message=f"the pattern {pattern} of the {name} layer matches no measured file"
                + (f"; nearest to it: {', '.join(found)}" if found else ""),
                help="Patterns are relative to the project's root, and '**/' stands for any folders above.",
                test=layer_key(name),
                path=_policy_file(facts),
                severity=Severity.WARNING if len(idle) == len(layer.paths) else Severity.NOTE,
            )


def shared_files(facts: Facts, coverage: Coverage) -> Iterator[Problem]:
    """Files that several layers match: the first layer has them, which may not be what was meant."""
    layers = facts.policy.coverage.layers
    shared: dict[tuple[str, ...], list[str]] = {}
    for path in sorted(coverage.files):
        owners = tuple(name for name, layer in layers.items() if matches(path, layer.paths))
        if len(owners) > 1:
            shared.setdefault(owners, []).append(path)
    for owners, paths in shared.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield Problem(
            message=f"{paths[0]}{more}: matched by the layers {' and '.join(owners)}; the first, {owners[0]}, counts",
            help="Put the layer that should have them first, or make its patterns narrower.",
            test=layer_key(owners[0]),
            path=_policy_file(facts),
            severity=Severity.NOTE,
        )


def nearest_paths(pattern: str, files: Iterable[str]) -> list[str]:
    """The files and folders whose name is most like a name in a pattern, the most alike first.

    >>> nearest_paths("**/service/**", ["app/services/mail.py", "app/main.py"])
    ['app/services']
    """
    names = [name.removesuffix(".py") for name in pattern.split("/") if name.removesuffix(".py").strip("*?")]
    places: dict[str, str] = {}
    for file in files:
        parts = file.split("/")
        for depth, part in enumerate(parts, start=1):
            places.setdefault(part.removesuffix(".py"), "/".join(parts[:depth]))
    for name in reversed(names):
        found = difflib.get_close_matches(name, places, n=_MOST, cutoff=_SIMILAR)
        if found:
            return [places[part] for part in found]
    return []


def _policy_file(facts: Facts) -> str:
    return in_repository(facts, facts.policy_change.file) if facts.policy_change is not None else ""
