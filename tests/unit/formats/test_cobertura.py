"""Cobertura's XML: names relative to the repository, and what was missed."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from testkeep.formats.cobertura import dumps, parts
from testkeep.model.coverage import Coverage, FileCoverage, Ratio

_LINES = (
    '<line number="1" hits="1"/>'
    '<line number="2" hits="1" branch="true" condition-coverage="50% (1/2)" missing-branches="4,exit"/>'
    '<line number="3" hits="0" branch="true" condition-coverage="0% (0/2)" missing-branches="4,5"/>'
)


def _report(*names: str, source: str = "/machine/project") -> bytes:
    classes = "".join(f'<class filename="{name}"><lines>{_LINES}</lines></class>' for name in names)
    packages = f"<packages><package><classes>{classes}</classes></package></packages>"
    return f"<coverage><sources><source>{source}</source></sources>{packages}</coverage>".encode()


def _files(report: bytes) -> dict[str, bytes]:
    """The names of the files in a report, each with its lines."""
    return {found.attrib["filename"]: ET.tostring(found[-1]) for found in ET.fromstring(report).iter("class")}


_FILE = FileCoverage(
    ratio=Ratio(3, 7),
    lines=Ratio(2, 3),
    executed=(1, 2),
    missing=(3,),
    executed_branches=((2, 3),),
    missing_branches=((2, -1), (3, 4), (3, 5)),
)


@pytest.mark.parametrize(
    ("folder", "name", "expected"),
    [
        pytest.param("services/billing", "src/shop/cart.py", "services/billing/src/shop/cart.py", id="sub-folder"),
        pytest.param("", "src/shop/cart.py", "src/shop/cart.py", id="root"),
        pytest.param(".", "cart.py", "cart.py", id="root as a dot"),
        pytest.param("services/billing", "../shared/money.py", "services/shared/money.py", id="beside the project"),
        pytest.param("größe", "naïve name.py", "größe/naïve name.py", id="not ASCII"),
        pytest.param("services", "/elsewhere/x.py", "/elsewhere/x.py", id="absolute"),
    ],
)
def test_dumps__a_file__has_its_name_from_the_root_and_its_lines(folder: str, name: str, expected: str) -> None:
    report = dumps(Coverage(files={name: _FILE}, branch=True), folder)

    lines = _LINES.replace("4,exit", "exit").replace("/>", " />")
    assert _files(report) == {expected: f"<lines>{lines}</lines>".encode()}
    assert b"<sources><source>.</source></sources>" in report


def test_dumps__several_files__have_the_totals_of_all() -> None:
    plain = FileCoverage(ratio=Ratio(1, 1), lines=Ratio(1, 1), executed=(1,))
    root = ET.fromstring(dumps(Coverage(files={"app/a.py": _FILE, "b.py": plain}), ""))

    assert {key: root.attrib[key] for key in ("lines-valid", "lines-covered", "line-rate")} == {
        "lines-valid": "4",
        "lines-covered": "3",
        "line-rate": "0.75",
    }
    assert [(one.attrib["name"], one.attrib["line-rate"]) for one in root.iter("package")] == [
        (".", "1"),
        ("app", "0.6667"),
    ]


def test_parts__small_enough__is_the_report_itself() -> None:
    report = _report("a.py")
    assert list(parts(report, len(report))) == [report]


def test_parts__too_large__has_every_file_once_and_no_part_is_larger() -> None:
    names = [f"app/module_{n}.py" for n in range(40)]
    made = list(parts(_report(*names), 3000))

    assert len(made) > 1
    assert max(map(len, made)) <= 3000
    assert [name for part in made for name in _files(part)] == names
    assert all(b"<source>/machine/project</source>" in part for part in made)
    assert [lines for part in made for lines in _files(part).values()] == [*_files(_report("a.py")).values()] * 40


def test_parts__one_file_that_is_too_large__is_a_part_of_its_own() -> None:
    made = list(parts(_report("a.py", "b.py"), 10))
    assert [list(_files(part)) for part in made] == [["a.py"], ["b.py"]]


def test_parts__two_packages__keep_their_files() -> None:
    packages = "".join(
        f'<package name="{name}"><classes><class filename="{name}.py"><lines/></class></classes></package>'
        for name in ("one", "two")
    )
    report = f"<coverage><sources/><packages>{packages}</packages></coverage>".encode()
    made = list(parts(report, 10))
    assert [b'name="one"' in part for part in made] == [True, False]
