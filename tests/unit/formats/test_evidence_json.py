"""Evidence and verdicts as JSON: whole, or refused."""

from __future__ import annotations

import json

import msgspec
import pytest

from asserting import Wide, a_record_of, asserting, says
from builders import A_TEST, HEAD, a_record, a_static_record, a_suite, a_test, a_tool, not_run
from testkeep.errors import EXIT_INCONCLUSIVE, EvidenceError
from testkeep.formats.evidence_json import dumps, dumps_verdict, duration_in, loads, verdict_json_schema
from testkeep.model.evidence import CollectorReport, Evidence, FirstTry
from testkeep.model.finding import Finding, Severity
from testkeep.model.gap import Gap
from testkeep.model.stage import Stage
from testkeep.model.tests import Selection, Subtest
from testkeep.model.verdict import (
    VERDICT_SCHEMA,
    Conservation,
    CoverageResult,
    Decision,
    Likely,
    Lost,
    Moved,
    Replaced,
    StageResult,
    StageStatus,
    Verdict,
)

_TEST_RECORD = a_record(
    suite=a_suite(
        a_test(subtests=(Subtest(description="[ä]", outcome="passed"),), marks=("slow",)),
        a_test("tests/test_ü.py::test_\U0001f600", "failed", why='"quoted"\n\x1b[31m', at="a.py:3"),
        not_run(how=Selection.LEFT_OUT, by="mark slow"),
        collectors=(CollectorReport(id="x.py", outcome="skipped", reason="no redis"),),
        ignored=("build",),
        elsewhere={Stage.E2E: ("tests/e2e/test_a.py::test_a",)},
        lost_workers=("gw0: killed",),
    )
)
_STATIC_RECORD = a_static_record(a_tool(exit_code=1, output="E501"), a_tool("mypy", exit_code=None, install="pip"))


_RUN_TWICE = msgspec.structs.replace(
    a_record(a_test()), first_try=FirstTry(beside=(Stage.E2E,), tests=(A_TEST,), cause="its process was ended")
)


@pytest.mark.parametrize(
    "record",
    [_TEST_RECORD, _STATIC_RECORD, a_static_record(), _RUN_TWICE],
    ids=["tests", "tools", "empty", "run twice"],
)
def test_loads__what_dumps_wrote__is_the_same_record(record: Evidence) -> None:
    assert loads(dumps(record), "unit.json") == record


@pytest.mark.parametrize("record", [_TEST_RECORD, _STATIC_RECORD], ids=["tests", "tools"])
def test_loads__truncated_at_any_byte__is_refused(record: Evidence) -> None:
    """Cut anywhere, also in the middle of a character, a record is never taken for a whole one."""
    data = dumps(record)
    for length in range(len(data)):
        with pytest.raises(EvidenceError) as caught:
            loads(data[:length], "unit.json")
        assert caught.value.message.startswith("unit.json: not a complete evidence record: ")
        assert caught.value.hint == "Run the job again."


_DATA = dumps(_TEST_RECORD)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_DATA + b"{}", id="something behind the end"),
        pytest.param(b'{"schema": 3}', id="schema is a number"),
        pytest.param(b"{}", id="no schema"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"schema": "testkeep.evidence/1"}', id="the schema and no more"),
        pytest.param(_DATA.replace(b'"unit"', b'"nuit"'), id="a stage that is none"),
        pytest.param(_DATA.replace(b"slow", b"\xff\xfe\xfd\xfc"), id="not UTF-8"),
        pytest.param(b'{"x": ' + b"[" * 100_000, id="nested without end"),
    ],
)
def test_loads__damaged_record__is_refused_with_the_reason(data: bytes) -> None:
    """The reason is in the words of the library that reads, which differ from release to release."""
    with pytest.raises(EvidenceError) as caught:
        loads(data, "unit.json")
    _, begin, reason = caught.value.message.partition("unit.json: not a complete evidence record: ")
    assert (bool(begin), bool(reason)) == (True, True)
    assert (caught.value.hint, caught.value.exit_code) == ("Run the job again.", EXIT_INCONCLUSIVE)


@pytest.mark.parametrize("schema", ["testkeep.evidence/2", "testkeep.verdict/1", ""])
def test_loads__unknown_schema__is_named(schema: str) -> None:
    data = dumps(_TEST_RECORD).replace(b"testkeep.evidence/1", schema.encode())
    with pytest.raises(EvidenceError) as caught:
        loads(data, "unit.json")
    assert caught.value.message == f"unit.json: expected the schema testkeep.evidence/1, found {schema}"
    assert caught.value.hint == "Make the evidence again with this version of testkeep."


_ASSERTED = a_record_of(
    asserting(A_TEST, says("total"), says("total"), failed=[says("tax")]), wide=[Wide("shop", "", held=(says("open"),))]
)


def test_loads__assertions__are_the_same() -> None:
    assert loads(dumps(_ASSERTED), "unit.json") == _ASSERTED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b'"held":{"0":2}', b'"held":{"3":2}', id="a test's that held"),
        pytest.param(b'"held":{"0":2}', b'"held":{"-1":2}', id="below zero"),
        pytest.param(b'"failed":[1]', b'"failed":[3]', id="a test's that failed"),
        pytest.param(b'"held":[2]', b'"held":[3]', id="a fixture's"),
        pytest.param(b'"p 5 tax', b'"q 5 tax', id="an unknown kind"),
        pytest.param(b'"p 5 tax test_add', b'"p 5 tax', id="no function"),
        pytest.param(b'"p 5 tax', b'"p five tax', id="no line"),
    ],
)
def test_loads__assertion_without_its_site__is_refused(old: bytes, new: bytes) -> None:
    data = dumps(_ASSERTED)
    assert data.count(old) == 1, data
    with pytest.raises(EvidenceError, match="not a complete evidence record"):
        loads(data.replace(old, new), "unit.json")


def test_dumps__text_that_is_no_text__can_be_read_again() -> None:
    """A lone surrogate comes from a file's name or a message, and must not cost the record."""
    record = a_record(a_test(did="failed", why="no such file: \udcff.txt"))
    assert loads(dumps(record), "unit.json") == a_record(a_test(did="failed", why="no such file: ?.txt"))


_GAP = Gap(path="app/a.py", function="A.f", line=3, missing=2, ranges=((3, 4),), tests=(A_TEST,))
_VERDICT = Verdict(
    schema=VERDICT_SCHEMA,
    verdict=Decision.FAIL,
    head=HEAD,
    base="none",
    stages=(StageResult(name="unit", status=StageStatus.PASSED, tests={"passed": 10}, duration_s=1.2),),
    coverage=CoverageResult(
        overall_percent=91.3,
        layers={"service": 90.1},
        base_percent=92.0,
        needed={"coverage.diff": 3},
        gaps={"coverage.diff": (_GAP,)},
        partial_branches={"app/a.py": {12: ("14", "exit")}},
        defaults={"coverage.overall": 87.0},
    ),
    conservation=Conservation(
        compared=True,
        kept=100,
        moved=(Moved(from_="a.py::a", to="b.py::a"),),
        replaced=(Replaced(lost="a.py::b", by=("b.py::b", "b.py::c")),),
        retired=("a.py::c",),
        waived=("a.py::d",),
        lost=(Lost(test=A_TEST, how="skipped"),),
        reasons={"a.py::a": "the same body"},
        candidates={A_TEST: (Likely(test="b.py::d", likeness_percent=81, misses=("app/a.py:3",)),)},
    ),
    findings=(
        Finding(
            code="TK201",
            name="newly-skipped",
            severity=Severity.ERROR,
            message="m",
            help="h",
            test=A_TEST,
            path="tests/x.py",
            line=12,
        ),
    ),
    notes=("a partial run",),
)


def test_dumps_verdict__every_field__is_there_under_its_name() -> None:
    """The keys are a contract; ``notes``, ``compared``, ``detail``, ``tests`` and what explains are additions to it."""
    data = dumps_verdict(_VERDICT)
    assert data.endswith(b"}\n")
    assert json.loads(data) == {
        "schema": "testkeep.verdict/1",
        "verdict": "fail",
        "head": HEAD,
        "base": "none",
        "base_reason": "",
        "stages": [{"name": "unit", "status": "passed", "tests": {"passed": 10}, "duration_s": 1.2, "detail": ""}],
        "coverage": {
            "overall_percent": 91.3,
            "diff_percent": None,
            "layers": {"service": 90.1},
            "base_percent": 92.0,
            "needed": {"coverage.diff": 3},
            "gaps": {
                "coverage.diff": [
                    {
                        "path": "app/a.py",
                        "function": "A.f",
                        "line": 3,
                        "missing": 2,
                        "ranges": [[3, 4]],
                        "tests": [A_TEST],
                    }
                ]
            },
            "partial_branches": {"app/a.py": {"12": ["14", "exit"]}},
            "defaults": {"coverage.overall": 87.0},
        },
        "conservation": {
            "compared": True,
            "kept": 100,
            "moved": [{"from": "a.py::a", "to": "b.py::a"}],
            "replaced": [{"lost": "a.py::b", "by": ["b.py::b", "b.py::c"]}],
            "retired": ["a.py::c"],
            "waived": ["a.py::d"],
            "lost": [{"test": A_TEST, "how": "skipped"}],
            "reasons": {"a.py::a": "the same body"},
            "candidates": {A_TEST: [{"test": "b.py::d", "likeness_percent": 81, "misses": ["app/a.py:3"]}]},
        },
        "findings": [
            {
                "code": "TK201",
                "name": "newly-skipped",
                "severity": "error",
                "message": "m",
                "help": "h",
                "test": A_TEST,
                "tests": [],
                "path": "tests/x.py",
                "line": 12,
                "waived": False,
            }
        ],
        "notes": ["a partial run"],
    }


def test_dumps_verdict__written__can_be_read_back() -> None:
    assert msgspec.json.decode(dumps_verdict(_VERDICT), type=Verdict) == _VERDICT


def test_verdict_json_schema__is_that_of_the_written_keys() -> None:
    schema = json.loads(verdict_json_schema())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "testkeep.verdict/1"
    parts = {name: set(part["properties"]) for name, part in schema["$defs"].items() if "properties" in part}
    written = json.loads(dumps_verdict(_VERDICT))
    assert parts["Verdict"] == set(written)
    assert parts["Conservation"] == set(written["conservation"])
    assert parts["Finding"] == set(written["findings"][0])
    assert parts["Moved"] == {"from", "to"}
    assert schema["$defs"]["Decision"]["enum"] == sorted(Decision)


def test_duration_in__record__is_read_without_the_rest() -> None:
    assert duration_in(dumps(msgspec.structs.replace(a_record(a_test()), duration_s=12.5)), "unit") == 12.5


def test_duration_in__damaged_record__is_refused() -> None:
    with pytest.raises(EvidenceError, match=r"^unit: not a complete evidence record"):
        duration_in(b'{"duration_s": ', "unit")
