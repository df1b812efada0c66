"""The XML that the kit writes says what coverage.py's own says."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from repositories import clean_environment
from testkeep.formats.cobertura import dumps
from testkeep.formats.coverage_json import loads

CODE = """\
def sign(number):
    if number > 0:
        return 1
    if number < 0:
        return -1
    return 0


def unused(rows):
    for row in rows:
        print(row)


print(sign(1), [sign(one) for one in (1, -1) if one])
"""
_OF_A_REPORT = ("lines-valid", "lines-covered", "line-rate", "branches-valid", "branches-covered", "branch-rate")


def _said(report: bytes) -> tuple[dict[str, str], dict[str, list[dict[str, str]]]]:
    """The totals of a report, and what it says of the lines of each file."""
    root = ET.fromstring(report)
    files = {one.attrib["filename"]: [line.attrib for line in one.iter("line")] for one in root.iter("class")}
    return {name: root.attrib[name] for name in _OF_A_REPORT}, files


def test_dumps__measured_code_with_branches__says_what_coverage_py_says(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "signs.py").write_text(CODE)
    (tmp_path / "empty.py").write_text("")
    (tmp_path / ".coveragerc").write_text("[run]\nbranch = true\nrelative_files = true\n")
    for command in (["run", "app/signs.py"], ["run", "--append", "empty.py"], ["json", "-q"], ["xml", "-q"]):
        subprocess.run(
            [sys.executable, "-m", "coverage", *command], cwd=tmp_path, env=clean_environment(), check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    ours = _said(dumps(loads((tmp_path / "coverage.json").read_bytes()), ""))

    assert ours == _said((tmp_path / "coverage.xml").read_bytes())
