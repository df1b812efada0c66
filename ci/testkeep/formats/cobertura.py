"""Cobertura's XML, with what coverage.py's own has."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from testkeep.model.coverage import Coverage, FileCoverage, Ratio

# More than the tags and attributes around the files of one package take.
_FRAME_OF_A_PACKAGE = 500


def dumps(coverage: Coverage, folder: str) -> bytes:
    """Write a report whose file names are relative to the repository's root.

    ``folder`` is the project's place in the repository, with forward slashes; empty or ``.`` if it is the root. The
    only source is ``.``, the root itself, so that no path of the machine is in the report; GitLab and diff-cover both
    take file names to be relative to the root then.
    """
    files = {posixpath.normpath(posixpath.join(folder, path)): file for path, file in coverage.files.items()}
    root = ET.Element(
        "coverage", _totals(files.values()) | {"complexity": "0", "version": "testkeep", "timestamp": "0"}
    )
    ET.SubElement(ET.SubElement(root, "sources"), "source").text = "."
    packages = ET.SubElement(root, "packages")
    for place, names in groupby(sorted(files, key=lambda path: (posixpath.dirname(path), path)), key=posixpath.dirname):
        inside = list(names)
        rates = _rates(files[path] for path in inside)
        name = place.replace("/", ".") or "."
        package = ET.SubElement(packages, "package", {"name": name} | rates | {"complexity": "0"})
        classes = ET.SubElement(package, "classes")
        for path in inside:
            said = {"name": posixpath.basename(path), "filename": path} | _rates([files[path]]) | {"complexity": "0"}
            measured = ET.SubElement(classes, "class", said)
            ET.SubElement(measured, "methods")
            ET.SubElement(measured, "lines").extend(_lines(files[path]))
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _lines(file: FileCoverage) -> Iterator[ET.Element]:
    taken, missed = Counter(line for line, _ in file.executed_branches), Counter(
        line for line, _ in file.missing_branches
    )
    run = set(file.executed)
    targets: dict[int, list[int]] = {}
    for line, to in file.missing_branches:
        targets.setdefault(line, []).append(to)
    for number in sorted({*file.executed, *file.missing}):
        said = {"number": str(number), "hits": "1" if number in run else "0"}
        n_branches = taken[number] + missed[number]
        if n_branches:
            share = f"{100 * taken[number] // n_branches}% ({taken[number]}/{n_branches})"
            said |= {"branch": "true", "condition-coverage": share}
        if missed[number]:
            said["missing-branches"] = ",".join("exit" if to < 0 else str(to) for to in sorted(targets[number]))
        yield ET.Element("line", said)


def _totals(files: Iterable[FileCoverage]) -> dict[str, str]:
    lines, branches = _sums(files)
    return {
        "lines-valid": str(lines.total),
        "lines-covered": str(lines.covered),
        "line-rate": _rate(lines),
        "branches-valid": str(branches.total),
        "branches-covered": str(branches.covered),
        "branch-rate": _rate(branches),
    }


def _rates(files: Iterable[FileCoverage]) -> dict[str, str]:
    lines, branches = _sums(files)
    return {"line-rate": _rate(lines), "branch-rate": _rate(branches)}


def _sums(files: Iterable[FileCoverage]) -> tuple[Ratio, Ratio]:
    """The lines and the branches of some files."""
    files = list(files)
    both = Ratio(sum(one.ratio.covered for one in files), sum(one.ratio.total for one in files))
    lines = Ratio(sum(one.lines.covered for one in files), sum(one.lines.total for one in files))
    return lines, Ratio(both.covered - lines.covered, both.total - lines.total)


def _rate(ratio: Ratio) -> str:
    return f"{ratio.covered / ratio.total:.4g}" if ratio.total else "1"


def parts(data: bytes, most_bytes: int) -> Iterator[bytes]:
    """Split a report into reports of at most ``most_bytes`` each, by files; one file's lines stay together.

    The totals in each are those of the whole report. A report that is small enough is the only part, unchanged.
    """
    if len(data) <= most_bytes:
        yield data
        return
    report = ET.fromstring(data)  # noqa: S314  the kit wrote it a moment ago
    files = [(package, measured) for package in report.iter("package") for measured in package.iter("class")]
    frame = len(_part(report, ())) + _FRAME_OF_A_PACKAGE
    kept: list[tuple[ET.Element, ET.Element]] = []
    room = most_bytes - frame
    for package, measured in files:
        size = len(ET.tostring(measured, encoding="utf-8")) + _FRAME_OF_A_PACKAGE
        if kept and size > room:
            yield _part(report, kept)
            kept, room = [], most_bytes - frame
        kept.append((package, measured))
        room -= size
    yield _part(report, kept)


def _part(report: ET.Element, files: Iterable[tuple[ET.Element, ET.Element]]) -> bytes:
    root = ET.Element("coverage", report.attrib)
    root.extend(report.findall("sources"))
    packages = ET.SubElement(root, "packages")
    for package, group in groupby(files, key=lambda pair: pair[0]):
        classes = ET.SubElement(ET.SubElement(packages, "package", package.attrib), "classes")
        classes.extend(measured for _, measured in group)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
