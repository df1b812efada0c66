"""Cobertura's XML, as coverage.py writes it."""

from __future__ import annotations

import posixpath
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from itertools import groupby

from testkeep.errors import EvidenceError

# More than the tags and attributes around the files of one package take.
_FRAME_OF_A_PACKAGE = 500


def repository_relative(data: bytes, folder: str) -> bytes:
    """Make the file names of a report relative to the repository's root.

    ``data`` is a report whose file names are relative to the project's root (coverage.py with ``relative_files`` and
    without ``source``: with two sources it names files of either alike). ``folder`` is the project's place in the
    repository, with forward slashes; empty or ``.`` if it is the root. The only source is ``.``, the root itself, so
    that no path of the machine is in the report; GitLab and diff-cover both take file names to be relative to the root
    then. A name that is absolute stays.

    Raises:
        EvidenceError: the text is not such a report.
    """
    report = _parse(data)
    for measured in report.iter("class"):
        measured.set("filename", posixpath.normpath(posixpath.join(folder, measured.get("filename", ""))))
    for sources in report.iter("sources"):
        sources.clear()
        ET.SubElement(sources, "source").text = "."
    written: bytes = ET.tostring(report, encoding="utf-8", xml_declaration=True)
    return written


def parts(data: bytes, most_bytes: int) -> Iterator[bytes]:
    """Split a report into reports of at most ``most_bytes`` each, by files; one file's lines stay together.

    The totals in each are those of the whole report. A report that is small enough is the only part, unchanged.

    Raises:
        EvidenceError: the text is not such a report.
    """
    if len(data) <= most_bytes:
        yield data
        return
    report = _parse(data)
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


def _parse(data: bytes) -> ET.Element:
    try:
        report = ET.fromstring(data)  # noqa: S314  the kit had coverage.py write it a moment ago
    except ET.ParseError as error:
        raise EvidenceError(f"coverage's XML report cannot be read: {error}") from error
    if report.tag != "coverage":
        raise EvidenceError(f"coverage's XML report cannot be read: it holds <{report.tag}>, not <coverage>")
    return report
