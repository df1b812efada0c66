"""Which files of the head what was in a layer became: their layer is that of the files that they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from testkeep.model.coverage import Coverage, layer_of
from testkeep.model.policy import Layer
from testkeep.model.production import FileHistory, Production


def inherited_layers(
    production: Production, now: Coverage, layers: Mapping[str, Layer], *, new: Collection[str], folder: str = ""
) -> dict[str, str]:
    """Find the files that left a layer for none, or for one that demands less, by their paths, with that layer.

    A file became another one if that has most of its lines; one that is gone became all ``new`` files that have some.
    Paths in ``new`` are relative to the repository's root, those of the result to the project's, which is at
    ``folder``.
    """
    prefix = f"{folder}/" if folder else ""
    found: dict[str, str] = {}
    for old, history in production.histories.items():
        layer = layer_of(old.removeprefix(prefix), layers)
        minimum = layers[layer].minimum if layer else None
        for path in _became(old, history, now, new, prefix) if minimum is not None else ():
            inside = path.removeprefix(prefix)
            own = layer_of(inside, layers)
            if _demanded(layers, own) < (minimum or 0) and _demanded(layers, found.get(inside, "")) < (minimum or 0):
                found[inside] = layer
    return found


def _demanded(layers: Mapping[str, Layer], name: str) -> float:
    return (layers[name].minimum or 0.0) if name else 0.0


def _became(old: str, history: FileHistory, now: Coverage, new: Collection[str], prefix: str) -> Iterator[str]:
    places = [*(place.path for place in history.kept.values()), *(span.path for span in history.changed.values())]
    is_gone = old.removeprefix(prefix) not in now.files
    for path, lines in Counter(places).items():
        file = now.files.get(path.removeprefix(prefix))
        if path == old or file is None:
            continue
        has_most = 2 * lines >= len(places)
        own = {place.line for place in history.kept.values() if place.path == path}
        is_most_of_it = 2 * len(own.intersection((*file.executed, *file.missing))) >= file.lines.total
        if (is_gone and path in new) or (has_most and (path in new or is_most_of_it)):
            yield path
