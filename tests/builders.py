"""Builders that read like the domain; every argument has a default that does not matter to the test."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace

from testkeep.model.assertion_site import Statements
from testkeep.model.coverage import Coverage
from testkeep.model.evidence import (
    EVIDENCE_SCHEMA,
    RECORDED,
    CollectorReport,
    Evidence,
    Job,
    Provenance,
    Settings,
    Suite,
    ToolRun,
    Unfinished,
)
from testkeep.model.finding import Finding
from testkeep.model.inspection import Inspection
from testkeep.model.policy import Policy, Waiver
from testkeep.model.policy_change import PolicyChange
from testkeep.model.source import FileSource, FunctionSource
from testkeep.model.stage import Stage
from testkeep.model.static_tool import Complaint
from testkeep.model.tests import Execution, Item, Outcome, Phase, RecordedTest, Selection, Subtest
from testkeep.rules.assertion_records import find_differences
from testkeep.rules.base import Baseline, Facts, Rejection
from testkeep.rules.comparison import compare
from testkeep.rules.judgement import find

HEAD = "3f2a9c1b7e" + "0" * 30
BASE = "9d8c7b6a5f" + "1" * 30
TODAY = datetime.date(2026, 11, 20)
A_TEST = "tests/unit/test_cart.py::test_add"
FILE = "tests/unit/test_cart.py"

_PASSED = Phase(when="call", outcome="passed")
_SET_UP = Phase(when="setup", outcome="passed")
_TORN_DOWN = Phase(when="teardown", outcome="passed")


def phases(did: str, why: str = "", at: str = "") -> tuple[Phase, ...]:
    """What pytest reports of a test that did this; ``why`` and ``at`` go to the phase that made it so.

    ``did`` is an outcome, or one of: "skipped in call", "xfailed in setup", "unexpected pass" (under ``strict``),
    "error in teardown", "not called".
    """
    match did:
        case "passed":
            return _SET_UP, _PASSED, _TORN_DOWN
        case "failed":
            return _SET_UP, Phase(when="call", outcome="failed", reason=why, location=at), _TORN_DOWN
        case "error":
            return Phase(when="setup", outcome="failed", reason=why, location=at), _TORN_DOWN
        case "error in teardown":
            return _SET_UP, _PASSED, Phase(when="teardown", outcome="failed", reason=why, location=at)
        case "skipped":
            return Phase(when="setup", outcome="skipped", reason=why, location=at), _TORN_DOWN
        case "skipped in call":
            return _SET_UP, Phase(when="call", outcome="skipped", reason=why, location=at), _TORN_DOWN
        case "xfailed":
            return _SET_UP, Phase(when="call", outcome="skipped", wasxfail=why, location=at), _TORN_DOWN
        case "xfailed in setup":
            return Phase(when="setup", outcome="skipped", wasxfail=why, location=at), _TORN_DOWN
        case "xpassed":
            return _SET_UP, Phase(when="call", outcome="passed", wasxfail=why), _TORN_DOWN
        case "unexpected pass":
            return _SET_UP, Phase(when="call", outcome="failed", reason=f"[XPASS(strict)] {why}"), _TORN_DOWN
        case "not called":
            return _SET_UP, _TORN_DOWN
    raise ValueError(f"no test can have {did!r}")


def a_test(
    test_id: str = A_TEST,
    did: str = "passed",
    *,
    why: str = "",
    at: str = "",
    stage: Stage = Stage.UNIT,
    path: str = "",
    line: int = 5,
    marks: tuple[str, ...] = (),
    started: bool | None = True,
    subtests: tuple[Subtest, ...] = (),
    params: Mapping[str, str] | None = None,
    replaces: tuple[str, ...] = (),
) -> RecordedTest:
    """Build a test that was run. Its path is that in its id."""
    item = Item(
        id=test_id,
        path=path or test_id.partition("::")[0],
        line=line,
        stage=stage,
        marks=marks,
        params=dict(params or {}),
        replaces=replaces,
    )
    return RecordedTest(item=item, execution=Execution(phases=phases(did, why, at), started=started, subtests=subtests))


def not_run(
    test_id: str = A_TEST, how: Selection = Selection.SELECTED, by: str = "", *, stage: Stage = Stage.UNIT
) -> RecordedTest:
    """Build a test that was collected, and not run."""
    path = test_id.partition("::")[0]
    return RecordedTest(item=Item(id=test_id, path=path, line=5, stage=stage, selection=how, selected_by=by))


def a_suite(
    *tests: RecordedTest,
    exit_status: int | None = None,
    collectors: tuple[CollectorReport, ...] = (),
    ignored: tuple[str, ...] = (),
    elsewhere: Mapping[Stage, tuple[str, ...]] | None = None,
    lost_workers: tuple[str, ...] = (),
    options: Mapping[str, str] | None = None,
    optimize: int = 0,
    ini: Mapping[str, str] | None = None,
    python: str = "3.11.2",
    versions: Mapping[str, str] | None = None,
    variables: tuple[str, ...] = (),
    assertions: str = RECORDED,
) -> Suite:
    """Build what one pytest run left; its exit status is what pytest would give unless it is told otherwise."""
    settings = Settings(
        python=python,
        platform="linux",
        versions=dict(versions or {}),
        optimize=optimize,
        ini=dict(ini or {}),
        options=dict(options or {}),
        environment={},
        variables=variables,
    )
    return Suite(
        settings=settings,
        tests=tests,
        elsewhere=dict(elsewhere or {}),
        collectors=collectors,
        ignored_paths=ignored,
        imports={},
        lost_workers=lost_workers,
        exit_status=_exit_status(tests, collectors) if exit_status is None else exit_status,
        assertions=assertions,
    )


def _exit_status(tests: Sequence[RecordedTest], collectors: Sequence[CollectorReport]) -> int:
    if any(report.outcome == "failed" for report in collectors):
        return 2
    if any(test.outcome in (Outcome.FAILED, Outcome.ERROR) for test in tests):
        return 1
    return 0 if any(test.item.selection is Selection.SELECTED for test in tests) else 5


def provenance(*, project: str = "", commit: str = HEAD) -> Provenance:
    """Build where evidence came from."""
    return Provenance(commit=commit, tree="tree", dirty=False, policy="policy", project=project, testkeep="0")


def a_record(
    *tests: RecordedTest,
    suite: Suite | None = None,
    job: str = "unit",
    stages: tuple[Stage, ...] = (),
    python: str = "3.11.2",
) -> Evidence:
    """Build the record of a test job: of a suite, or of one with these tests. Its stages are the job's name."""
    return _record(job, stages, suite=suite or a_suite(*tests, python=python))


def a_static_record(*tools: ToolRun, job: str = "lint", stages: tuple[Stage, ...] = (), idle: str = "") -> Evidence:
    """Build the record of a job that ran tools, or nothing."""
    return _record(job, stages, tools=tools, idle=idle)


def _record(
    job: str,
    stages: tuple[Stage, ...],
    *,
    suite: Suite | None = None,
    tools: tuple[ToolRun, ...] = (),
    idle: str = "",
) -> Evidence:
    return Evidence(
        schema=EVIDENCE_SCHEMA,
        job=Job(id=job, stages=stages or (Stage(job),)),
        provenance=provenance(),
        started_at=1000.0,
        duration_s=1.5,
        suite=suite,
        tools=tools,
        idle=idle,
    )


def a_tool(
    name: str = "ruff check",
    exit_code: int | None = 0,
    output: str = "",
    install: str = "",
    complaints: tuple[Complaint, ...] = (),
    *,
    version: str = "1.0",
    required: bool = True,
) -> ToolRun:
    """Build the run of a static tool; its name is the program, and the command of it if it has several."""
    return ToolRun(
        tool=name.partition(" ")[0],
        version=version if exit_code is not None or version != "1.0" else "",
        command=(*name.split(), "."),
        exit_code=exit_code,
        duration_s=0.5,
        output=output,
        install=install,
        complaints=complaints,
        required=required,
    )


def cut_off(
    job: str = "unit", *, cause: str = "", n_collected: int = 0, n_run: int = 0, running: tuple[str, ...] = ()
) -> Unfinished:
    """Build what a job left that never finished."""
    return Unfinished(
        job=Job(id=job, stages=(Stage(job),)), cause=cause, n_collected=n_collected, n_run=n_run, running=running
    )


def a_baseline(*records: Evidence, commit: str = BASE, problem: str = "", is_fresh: bool = False) -> Baseline:
    """Build a base commit with its evidence."""
    return Baseline(commit=commit, evidence=records, problem=problem, is_fresh=is_fresh)


def the_facts(
    *records: Evidence,
    stages: tuple[Stage, ...] = (Stage.UNIT,),
    policy: Policy | None = None,
    project: str = "",
    unfinished: tuple[Unfinished, ...] = (),
    rejections: tuple[Rejection, ...] = (),
    baseline: Baseline | None = None,
    coverage: Coverage | None = None,
    base_sources: Mapping[str, FileSource | None] | None = None,
    head_sources: Mapping[str, FileSource | None] | None = None,
    head_imports: Mapping[str, frozenset[str]] | None = None,
    inspection: Inspection | None = None,
    today: datetime.date = TODAY,
    policy_change: PolicyChange | None = None,
    base_tools: Mapping[Stage, Evidence] | None = None,
    statements: Statements | None = None,
) -> Facts:
    """Build what the rules see; with a baseline, the comparison with it is made."""
    facts = Facts(
        policy=policy or Policy(),
        provenance=provenance(project=project),
        stages=stages,
        evidence=records,
        unfinished=unfinished,
        rejections=rejections,
        baseline=baseline,
        base_tools=base_tools or {},
        coverage=coverage,
        base_sources=base_sources or {},
        head_sources=head_sources or {},
        head_imports=head_imports or {},
        inspection=inspection or Inspection(),
        today=today,
        policy_change=policy_change,
        statements=statements or Statements(),
    )
    facts = replace(facts, comparison=compare(facts))
    return replace(facts, differences=tuple(find_differences(facts)))


def a_source(*names: str, **bodies: str) -> FileSource:
    """Build a file's source: functions that are only named, and functions with a body (``TestA__test_b="x"``)."""
    named = {name: FunctionSource(name=name, line=1) for name in names}
    written = {name.replace("__", "."): body for name, body in bodies.items()}
    return named | {name: FunctionSource(name=name, line=1, body=body) for name, body in written.items()}


def a_waiver(test: str = A_TEST, rule: str = "TK201", *, expires: datetime.date = TODAY) -> Waiver:
    """Build a waiver; it expires today, which is its last day."""
    return Waiver(test=test, rule=rule, reason="upstream bug 4711", owner="billing", expires=expires)


def a_change(base: Policy | None, head: Policy, **rest: str | tuple[str, ...]) -> PolicyChange:
    """Build what a change does to the policy."""
    return PolicyChange(commit=BASE, base=base, head=head, **rest)


def findings_of(code: str, facts: Facts, *waivers: Waiver) -> tuple[Finding, ...]:
    """What one rule says of the facts. All are applied: some look at what the others found."""
    return tuple(finding for finding in find(facts, waivers) if finding.code == code)
