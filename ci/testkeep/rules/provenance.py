"""TK5xx: is the evidence there, is it of what is judged, and could it be made?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testkeep.model.evidence import RECORDED, Evidence
from testkeep.model.finding import Severity
from testkeep.model.stage import Stage
from testkeep.model.tests import function_of
from testkeep.rules.base import COVERAGE_SUMS, FILES, Facts, Problem, Rejection, RejectionKind
from testkeep.rules.comparison import missing_environments
from testkeep.rules.control import CONTROL_FAILED
from testkeep.rules.shards import shard_faults
from testkeep.rules.validity import doubts

# What is no job: what is made of the records of all of them, and the files themselves.
_NO_JOBS = frozenset((*COVERAGE_SUMS, FILES))


def evidence_missing(facts: Facts) -> Iterator[Problem]:
    """Evidence is missing, unreadable, or not of a real run.

    Every stage of the policy must leave a complete record. A stage that was not run, a record that was cut off, and a
    run that executed nothing (`--collect-only`, `--setup-plan`, an interpreter that drops assertions) all say nothing,
    and nothing is not a pass: the verdict is inconclusive. Run the stage again.

    The same goes for a run that imported another copy of the project's code, a released version that is installed, say:
    it tried code that nobody asks about. A copy whose files equal the project's is as good as the project's own.

    And for what a comparison wants to look into and cannot: tests that have to be run again and watched, or collected
    again, and sources of a base commit that is not in this clone.
    """
    absent = [rejection for rejection in facts.rejections if rejection.kind is not RejectionKind.FOREIGN]
    yield from _by_reason(absent, "and judge again")
    for record in facts.evidence:
        if not _is_of_a_run(record):
            yield Problem(
                message=f"stage {record.job.id} is no evidence: its record is of no run",
                help=f"Run 'testkeep run {record.job.id}' and judge again.",
            )
    for record, suite in facts.suites():
        for doubt in doubts(suite):
            yield Problem(
                message=f"stage {record.job.id} is no evidence: {doubt}",
                help="Look at addopts, PYTEST_ADDOPTS and the environment of the run.",
            )
    yield from _unknown_assertions(facts)
    for one in facts.comparison.not_compared:
        yield Problem(
            message=f"{one.what} could not be looked into: {one.why}",
            help="Mend the reason, and run again: what was not compared is no evidence.",
            tests=one.tests,
        )
    if facts.baseline is not None and not facts.baseline.problem:
        for environment in missing_environments(facts):
            yield Problem(
                message=f"there is no evidence of {environment}, in which tests guarded at the base",
                help="Run the stages in that environment too, or make the baseline in this one.",
            )
    for stage, fault in shard_faults(facts.evidence):
        yield Problem(
            message=f"the shards of stage {stage} are not all of its tests: {fault}",
            help="Tests must be collected alike in every process: look for ids and files that depend on the machine.",
        )
    for stage in (stage for stage in facts.test_stages if stage not in facts.incomplete_stages):
        unclaimed = sorted(_unclaimed(facts, stage))
        if unclaimed:
            yield Problem(
                message=f"stage {stage} has no record of {len(unclaimed)} of its tests, which other stages collected: "
                f"{', '.join(unclaimed[:3])}",
                help="Tests must be collected alike in every process. A test's stage is found by its mark, folder or "
                "file.",
            )


def _unknown_assertions(facts: Facts) -> Iterator[Problem]:
    """What a test asserted has to be known on both sides: else nobody can say that it asserts as much."""
    for record, suite in facts.suites():
        if suite.assertions != RECORDED and any(test.guards for test in suite.tests):
            why = suite.assertions or "it was recorded by an older testkeep"
            yield Problem(
                message=f"stage {record.job.id} does not say what its tests asserted: {why}",
                help="Run the stage again. If it says the same, please report it: this pytest is not known yet.",
            )
    known = facts.baseline is None or all(suite.assertions == RECORDED for suite in facts.base_suites() if suite.tests)
    if not known and not facts.comparison.obstacle:
        yield Problem(
            message=f"the baseline {facts.baseline.commit[:12] if facts.baseline else ''} does not say what its tests "
            "asserted: it was recorded by an older testkeep",
            help="Remove .testkeep/baseline, so that it is made anew, or make it again where it comes from.",
        )


def evidence_foreign(facts: Facts) -> Iterator[Problem]:
    """Evidence is stale or foreign: it is of other files, of another commit, or of another policy.

    A record names the commit, the exact files and the policy that it was made with. If any of them differs from what
    is judged, the record proves nothing about it. Nor does one that another run wrote while `testkeep run` was at work.
    Run the stage again.
    """
    foreign = [rejection for rejection in facts.rejections if rejection.kind is RejectionKind.FOREIGN]
    yield from _by_reason(foreign, "on what is to be judged")


def baseline_unavailable(facts: Facts) -> Iterator[Problem]:
    """The base commit's evidence cannot be had.

    Without knowing what guarded before, nobody can say that nothing was lost: the verdict is inconclusive. Usual
    reasons: a shallow clone without the base commit (fetch with full history), a base commit whose tests cannot be
    collected here (the change removed a dependency together with the code that needed it: remove the dependency one
    change later), or a base run that imported the head's code. `--base none` judges without a baseline and says so.
    Where there is a plan, `testkeep plan --base` takes that choice.
    """
    if facts.baseline is not None and facts.baseline.problem:
        named = " ".join(["the baseline", *filter(None, [facts.baseline.commit[:12]])])
        yield Problem(
            message=f"{named} is unavailable: {facts.baseline.problem}",
            help="Fix the reason, choose another commit with --base, or judge without one with --base none.",
        )


def comparison_uncontrolled(facts: Facts) -> Iterator[Problem]:
    """The comparison did not notice a loss that was made up to try it.

    Before every comparison testkeep adds two made-up losses to the evidence, and the comparison must find them. If it
    does not, nothing that it says can be believed: the verdict is inconclusive. This is a bug in testkeep; please
    report it.
    """
    if facts.comparison.obstacle.startswith(CONTROL_FAILED):
        yield Problem(
            message=facts.comparison.obstacle, help="This is a bug in testkeep; please report it with the evidence."
        )


def tool_missing(facts: Facts) -> Iterator[Problem]:
    """A tool that a stage needs is not installed, is too old, or could not start.

    The stage said nothing, so the verdict is inconclusive. Install the tool with the command that the message gives,
    or take the stage out of the policy's `stages`. A tool that the project configures and nobody listed the stage of
    is passed over with a warning.

    `run`, `gate`, `plan` and `baseline` say the same, and do nothing, if a library that testkeep is built on is older
    here than it needs: a project that pins one lower has to raise the pin.
    """
    for record in facts.evidence:
        for tool in record.tools:
            if tool.exit_code is None and tool.install:
                yield Problem(
                    message=f"stage {record.job.id}: {tool.tool} {_why_not(tool.version)}",
                    help=f"Install it: {tool.install}",
                    severity=Severity.ERROR if tool.required else Severity.WARNING,
                )
            elif tool.exit_code is None:
                yield Problem(
                    message=f"stage {record.job.id}: {tool.tool} could not be started",
                    help=f"Run '{' '.join(tool.command)}' to see why.",
                )


def _why_not(version: str) -> str:
    return f"{version} is too old for testkeep" if version else "is not installed in this environment"


def _is_of_a_run(record: Evidence) -> bool:
    # A test stage that was not started because something that it needs is missing has no suite.
    is_tools = all(stage.is_static for stage in record.job.stages) or all(run.exit_code is None for run in record.tools)
    return record.suite is not None or (bool(record.tools) and is_tools) or bool(record.idle)


def _unclaimed(facts: Facts, stage: Stage) -> set[str]:
    """The test functions that some stage's run collected for this stage, and that this stage's own run did not.

    Functions, not ids: parameters that differ from process to process are another matter.
    """
    seen = {function_of(test_id) for _, suite in facts.suites() for test_id in suite.elsewhere.get(stage, ())}
    return seen - {function_of(test.item.id) for test in facts.tests()} if seen else seen


def _by_reason(rejections: Sequence[Rejection], purpose: str) -> Iterator[Problem]:
    """One problem for all jobs with the same reason: one change makes the records of all stages stale."""
    jobs: dict[tuple[str, str, bool], list[str]] = {}
    for rejection in rejections:
        jobs.setdefault((rejection.reason, rejection.help, bool(rejection.stages)), []).append(rejection.job)
    for (reason, advice, planned), names in jobs.items():
        # A job of its own (a shard, a bare pytest run, the sum of the coverage) is no word that 'run' knows.
        are_stages = set(names) <= set(Stage) and not planned
        what = "" if _NO_JOBS.issuperset(names) else "stage" if are_stages else "job"
        plural = "s" if what and len(names) > 1 else ""
        command = " ".join(["testkeep run", *(names if are_stages else ())])
        yield Problem(
            message=f"{what}{plural} {', '.join(names)}: {reason}".lstrip(),
            help=advice or (f"Run the job{plural} again, then the gate." if planned else f"Run '{command}' {purpose}."),
        )
