"""JUnit XML, read back with the standard library's parser."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from testkeep.model.evidence import CollectorReport
from testkeep.model.tests import Execution, Phase, RecordedTest, Selection, Subtest
from testkeep.reports.junit import render
from unit.reports.verdicts import HOSTILE, a_test, evidence_of, static_evidence

PASSED = Phase(when="call", outcome="passed", duration_s=0.25)
SETUP = Phase(when="setup", outcome="passed", duration_s=0.05)

FULL = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites name="testkeep">
  <testsuite name="unit" errors="1" failures="1" skipped="1" tests="4" time="1.500" \
timestamp="1970-01-01T00:00:00+00:00">
    <properties>
      <property name="python" value="3.11.2" />
      <property name="platform" value="linux" />
    </properties>
    <testcase classname="" name="tests.test_broken" file="tests/test_broken.py" line="1" time="0.000">
      <error message="collection failed">SyntaxError</error>
    </testcase>
    <testcase classname="tests.test_a.TestA" name="test_a[x::y]" file="tests/test_a.py" line="5" \
time="0.300" />
    <testcase classname="tests.test_a" name="test_b" file="tests/test_a.py" line="5" time="0.000">
      <failure message="assert 1 == 2">tests/test_a.py:7</failure>
    </testcase>
    <testcase classname="tests.test_a" name="test_c" file="tests/test_a.py" line="5" time="0.000">
      <skipped message="left out by the policy: mark slow" type="testkeep.not-run" />
    </testcase>
  </testsuite>
</testsuites>
"""


def cases(text: str) -> list[ET.Element]:
    return list(ET.fromstring(text.encode()).iter("testcase"))


def results(*tests: RecordedTest) -> list[tuple[str, dict[str, str], str | None]]:
    return [(child.tag, child.attrib, child.text) for case in cases(render([evidence_of(*tests)])) for child in case]


def test_render__a_job_with_tests__is_this_text() -> None:
    broken = CollectorReport(
        id="tests/test_broken.py", outcome="failed", reason="SyntaxError", path="tests/test_broken.py", line=1
    )
    failed = Phase(when="call", outcome="failed", reason="assert 1 == 2", location="tests/test_a.py:7")
    evidence = evidence_of(
        a_test("tests/test_a.py::TestA::test_a[x::y]", SETUP, PASSED),
        a_test("tests/test_a.py::test_b", failed),
        a_test("tests/test_a.py::test_c", selection=Selection.LEFT_OUT, selected_by="mark slow"),
        collectors=(broken,),
    )
    assert render([static_evidence(), evidence]) == FULL


def test_render__no_suites__is_an_empty_report() -> None:
    text = render([static_evidence()])
    assert text == '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="testkeep">\n</testsuites>\n'


def phase(outcome: str, when: str = "call", **more: str | None) -> Phase:
    return Phase(when=when, outcome=outcome, **more)


@pytest.mark.parametrize(
    ("execution", "expected"),
    [
        pytest.param(Execution(phases=(PASSED,)), [], id="passed"),
        pytest.param(
            Execution(phases=(PASSED, phase("failed", "teardown", reason="boom", location="c.py:1"))),
            [("error", {"message": "failed on teardown: boom"}, "c.py:1")],
            id="error in tear-down",
        ),
        pytest.param(
            Execution(phases=()),
            [("error", {"message": "failed on setup: no reason recorded"}, None)],
            id="no phase",
        ),
        pytest.param(
            Execution(phases=(PASSED,), subtests=(Subtest(description="[x=1]", outcome="failed"),)),
            [("failure", {"message": "subtest failed: [x=1]"}, None)],
            id="failed subtest",
        ),
        pytest.param(
            Execution(phases=(phase("skipped", "setup", reason="needs redis", location="a.py:3"),)),
            [("skipped", {"message": "needs redis", "type": "pytest.skip"}, "a.py:3")],
            id="skipped",
        ),
        pytest.param(
            Execution(phases=(phase("skipped", wasxfail="bug 1", reason="assert 0"),)),
            [("skipped", {"message": "bug 1", "type": "pytest.xfail"}, None)],
            id="xfailed",
        ),
        pytest.param(
            Execution(phases=(phase("passed", wasxfail="bug 1"),)),
            [("system-out", {}, "unexpected pass: bug 1")],
            id="xpassed",
        ),
        pytest.param(
            Execution(phases=(phase("passed", wasxfail=""),)),
            [("system-out", {}, "unexpected pass")],
            id="xpassed without a reason",
        ),
        pytest.param(
            Execution(phases=(SETUP,)),
            [
                (
                    "skipped",
                    {"message": "the test was set up and never called", "type": "testkeep.not-run"},
                    None,
                )
            ],
            id="never called",
        ),
        pytest.param(
            Execution(phases=(PASSED,), started=False),
            [
                (
                    "skipped",
                    {
                        "message": "reported as passed, but its own code was never entered",
                        "type": "testkeep.not-run",
                    },
                    None,
                )
            ],
            id="never entered",
        ),
    ],
)
def test_render__each_outcome__has_its_child(
    execution: Execution, expected: list[tuple[str, dict[str, str], str | None]]
) -> None:
    assert results(a_test(execution=execution)) == expected


@pytest.mark.parametrize(
    ("selection", "selected_by", "message"),
    [
        pytest.param(Selection.SELECTED, "", "selected, but the run ended before it", id="selected"),
        pytest.param(Selection.DESELECTED, "-k", "deselected: -k", id="deselected"),
        pytest.param(Selection.DROPPED, "a hook", "dropped from the list of tests: a hook", id="dropped"),
        pytest.param(Selection.LEFT_OUT, "mark slow", "left out by the policy: mark slow", id="left out"),
    ],
)
def test_render__test_not_run__says_why(selection: Selection, selected_by: str, message: str) -> None:
    found = results(a_test(selection=selection, selected_by=selected_by))
    assert found == [("skipped", {"message": message, "type": "testkeep.not-run"}, None)]


def test_render__skipped_collector__is_a_skipped_case_without_place() -> None:
    report = CollectorReport(id="tests", outcome="skipped", reason="not on this platform")
    (case,) = cases(render([evidence_of(collectors=(report,))]))
    assert case.attrib == {"classname": "", "name": "tests", "time": "0.000"}
    assert [(child.tag, child.attrib, child.text) for child in case] == [
        ("skipped", {"message": "collection skipped", "type": "pytest.skip"}, "not on this platform")
    ]


def test_render__repeated_names__get_a_suffix() -> None:
    text = render(
        [
            evidence_of(a_test("a/b.py::t", PASSED), a_test("a.b.py::t", PASSED), a_test("c.py::t", PASSED)),
            evidence_of(a_test("a/b.py::t", PASSED), a_test("a.b.py::t", PASSED), job="unit-3.12"),
        ]
    )
    assert [(case.attrib["classname"], case.attrib["name"]) for case in cases(text)] == [
        ("a.b", "t"),
        ("a.b", "t (unit)"),
        ("c", "t"),
        ("a.b", "t (unit-3.12)"),
        ("a.b", "t (unit-3.12, 2)"),
    ]


def test_render__hostile_text__is_well_formed_and_reads_back() -> None:
    failed = Phase(when="call", outcome="failed", reason=HOSTILE, location=HOSTILE)
    report = CollectorReport(id=HOSTILE, outcome="failed", reason=HOSTILE, path=HOSTILE)
    text = render([evidence_of(a_test(HOSTILE, failed), job=HOSTILE, collectors=(report,))])
    tags = [element.tag for element in ET.fromstring(text.encode()).iter()]
    assert tags == [
        "testsuites",
        "testsuite",
        "properties",
        "property",
        "property",
        "testcase",
        "error",
        "testcase",
        "failure",
    ]
    _, case = cases(text)
    assert case[0].text == "\n".join(
        line.encode("unicode_escape").decode().replace("\\\\", "\\") for line in HOSTILE.split("\n")
    )
