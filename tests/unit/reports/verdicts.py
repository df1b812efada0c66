"""Builders of verdicts and evidence; every argument has a default that does not matter to the test."""

from __future__ import annotations

from testkeep.model.evidence import (
    EVIDENCE_SCHEMA,
    CollectorReport,
    Evidence,
    Job,
    Provenance,
    Settings,
    Suite,
)
from testkeep.model.finding import Finding, Severity
from testkeep.model.stage import Stage
from testkeep.model.tests import Execution, Item, Phase, RecordedTest, Selection
from testkeep.model.verdict import (
    VERDICT_SCHEMA,
    Conservation,
    CoverageResult,
    Decision,
    Lost,
    Moved,
    Replaced,
    StageResult,
    StageStatus,
    Verdict,
)

HEAD = "3f2a9c1b7e" + "0" * 30
BASE = "9d8c7b6a5f" + "1" * 30

# Text that tries to become something else in a terminal, a log, Markdown, HTML or XML.
HOSTILE = (
    "[bold]x[/bold] :smile: `a` ``b`` | c \\| d <script>alert(1)</script> <!-- --> @octocat #1 "
    "[l](http://evil.example) ![i](http://evil.example/i.png) www.evil.example a@evil.example\n"
    "::error file=x::hi\n##[error]x\r::add-mask::y\x1b[31m\x00\u202e\ud800\ufffe%0A::debug::z ]]> & \"'\n"
    "```\n# heading\n</details>"
)


def a_verdict(
    *findings: Finding,
    decision: Decision = Decision.FAIL,
    head: str = HEAD,
    base: str = BASE,
    stages: tuple[StageResult, ...] = (),
    coverage: CoverageResult | None = None,
    conservation: Conservation | None = None,
    notes: tuple[str, ...] = (),
) -> Verdict:
    """Build a verdict."""
    return Verdict(
        schema=VERDICT_SCHEMA,
        verdict=decision,
        head=head,
        base=base,
        stages=stages,
        coverage=coverage or CoverageResult(),
        conservation=conservation or Conservation(compared=True, kept=3),
        findings=findings,
        notes=notes,
    )


def a_finding(
    code: str = "TK201",
    name: str = "newly-skipped",
    *,
    severity: Severity = Severity.ERROR,
    message: str = "passed at the base and is skipped now",
    help: str = "",  # noqa: A002  (the model's word)
    test: str = "",
    tests: tuple[str, ...] = (),
    path: str = "",
    line: int = 0,
    waived: bool = False,
) -> Finding:
    """Build a finding; one about several tests if there are any."""
    return Finding(
        code=code,
        name=name,
        severity=severity,
        message=message,
        help=help,
        test=tests[0] if tests else test,
        tests=tests,
        path=path,
        line=line,
        waived=waived,
    )


def forty(n: int = 40, *, path: str = "", line: int = 0, waived: bool = False) -> Finding:
    """Build a finding about several tests that were lost by one cause."""
    tests = tuple(f"tests/test_a.py::test_{number}" for number in range(n))
    return a_finding(message="skipped now", tests=tests, path=path, line=line, waived=waived)


def a_full_verdict() -> Verdict:
    """Build a verdict with something of everything."""
    skipped = {
        "message": "passed at the base and is skipped now: needs redis",
        "help": "Let it run again, replace it, or waive it with a reason and an expiry date.",
        "path": "tests/unit/test_cart.py",
    }
    return a_verdict(
        a_finding(test="tests/unit/test_cart.py::test_add[two words]", line=20, **skipped),
        a_finding(test="tests/unit/test_cart.py::test_drop", line=12, **skipped),
        a_finding("TK301", "coverage-overall", message="91.3% of the lines are covered, 92% are wanted"),
        a_finding(
            "TK402",
            "over-budget",
            severity=Severity.WARNING,
            message="took 340 ms, the budget is 100 ms",
            test="tests/unit/test_mail.py::test_send",
            path="tests/unit/test_mail.py",
            line=7,
        ),
        a_finding("TK405", "skip-without-reason", severity=Severity.NOTE, message="skipped without a reason"),
        a_finding(
            "TK203",
            "removed",
            message="passed at the base and is gone",
            test="tests/unit/test_old.py::test_gone",
            waived=True,
        ),
        stages=(
            StageResult(name="format", status=StageStatus.PASSED, duration_s=0.4),
            StageResult(
                name="unit",
                status=StageStatus.FAILED,
                tests={"passed": 41, "failed": 1, "left-out": 2, "error": 2},
                duration_s=1.25,
            ),
            StageResult(name="migration", status=StageStatus.SKIPPED, detail="no tests of this stage"),
            StageResult(name="concurrency", status=StageStatus.ERROR, duration_s=125, detail="killed after 125 s"),
        ),
        coverage=CoverageResult(overall_percent=91.3, layers={"service": 99.999, "router": 100.0}),
        conservation=Conservation(
            compared=True,
            kept=100,
            moved=(Moved(from_="tests/a.py::test_a", to="tests/b.py::test_a"),),
            replaced=(Replaced(lost="tests/a.py::test_b", by=("tests/b.py::test_b", "tests/b.py::test_c")),),
            retired=("tests/a.py::test_d",),
            waived=("tests/unit/test_old.py::test_gone",),
            lost=(
                Lost(test="tests/unit/test_cart.py::test_add[two words]", how="skipped"),
                Lost(test="tests/unit/test_cart.py::test_drop", how="skipped"),
            ),
        ),
        notes=("The policy is read from the base commit.",),
    )


# What a terminal says of its stages and of its findings.
FULL_STAGES = """\
stage        status  tests                                            time  detail
format       passed  -                                              400 ms
unit         failed  1 failed, 2 errors, 41 passed, 2 left out       1.2 s
concurrency  error   -                                          2 min 05 s  killed after 125 s
migration: no tests of this stage
"""
FULL_FINDINGS = """\
TK201 newly-skipped: 2 errors
  passed at the base and is skipped now: needs redis
    tests/unit/test_cart.py:12  tests/unit/test_cart.py::test_drop
    tests/unit/test_cart.py:20  tests/unit/test_cart.py::test_add[two words]
  help: Let it run again, replace it, or waive it with a reason and an expiry date.

TK301 coverage-overall: 1 error
  91.3% of the lines are covered, 92% are wanted

TK402 over-budget: 1 warning
  took 340 ms, the budget is 100 ms
    tests/unit/test_mail.py:7  tests/unit/test_mail.py::test_send

TK405 skip-without-reason: 1 note
  skipped without a reason

TK203 removed: 1 error, waived
"""


def a_hostile_verdict() -> Verdict:
    """Build a verdict that has hostile text wherever text comes from outside."""
    return a_verdict(
        a_finding(HOSTILE, HOSTILE, message=HOSTILE, help=HOSTILE, test=HOSTILE, path=HOSTILE, line=3),
        a_finding(message=HOSTILE.replace("\n", " "), severity=Severity.WARNING, test=HOSTILE, waived=True),
        head=HOSTILE,
        base=HOSTILE,
        stages=(StageResult(name=HOSTILE, status=StageStatus.FAILED, tests={HOSTILE: 1}, detail=HOSTILE),),
        coverage=CoverageResult(overall_percent=1, layers={HOSTILE: 2.0}, partial_branches={HOSTILE: {3: (HOSTILE,)}}),
        conservation=Conservation(
            compared=True,
            moved=(Moved(from_=HOSTILE, to=HOSTILE),),
            replaced=(Replaced(lost=HOSTILE, by=(HOSTILE,)),),
            retired=(HOSTILE,),
            waived=(HOSTILE,),
            lost=(Lost(test=HOSTILE, how=HOSTILE),),
        ),
        notes=(HOSTILE,),
    )


def a_test(
    test_id: str = "tests/test_a.py::test_a",
    *phases: Phase,
    selection: Selection = Selection.SELECTED,
    selected_by: str = "",
    execution: Execution | None = None,
) -> RecordedTest:
    """Build a recorded test; without phases and execution it was not run."""
    item = Item(
        id=test_id,
        path=test_id.partition("::")[0],
        line=5,
        stage=Stage.UNIT,
        selection=selection,
        selected_by=selected_by,
    )
    return RecordedTest(item=item, execution=execution or (Execution(phases=phases) if phases else None))


def evidence_of(*tests: RecordedTest, job: str = "unit", collectors: tuple[CollectorReport, ...] = ()) -> Evidence:
    """Build the evidence of a job that found these tests."""
    settings = Settings(python="3.11.2", platform="linux", versions={}, optimize=0, ini={}, options={}, environment={})
    suite = Suite(
        settings=settings,
        tests=tests,
        elsewhere={},
        collectors=collectors,
        ignored_paths=(),
        imports={},
        lost_workers=(),
        exit_status=0,
    )
    return static_evidence(job=job, suite=suite)


def static_evidence(*, job: str = "lint", suite: Suite | None = None) -> Evidence:
    """Build evidence of a job, without a suite if none is given."""
    provenance = Provenance(commit=HEAD, tree="", dirty=False, policy="", project="", testkeep="0")
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        job=Job(id=job, stages=(Stage.UNIT,)),
        provenance=provenance,
        started_at=0.0,
        duration_s=1.5,
        suite=suite,
    )
