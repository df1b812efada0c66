"""TK5xx: is the evidence there, is it of what is judged, and could it be made?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from testkeep.model.comparison import LostTest
from testkeep.model.evidence import RECORDED, Evidence
from testkeep.model.finding import Severity
from testkeep.model.stage import Stage
from testkeep.model.tests import Outcome, function_of
from testkeep.rules.base import COVERAGE_SUMS, FILES, Facts, Problem, Rejection, RejectionKind, first_line, in_project
from testkeep.rules.comparison import missing_environments
from testkeep.rules.control import CONTROL_FAILED
from testkeep.rules.doubts import CODES
from testkeep.rules.lacks import lacks, name_in, not_given, unknown_suites, worktrees_of
from testkeep.rules.shards import shard_faults
from testkeep.rules.validity import doubts

# What is no job: what is made of the records of all of them, and the files themselves.
_NO_JOBS = frozenset((*COVERAGE_SUMS, FILES))
_MOST_NAMED = 3


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
    is judged, the record proves nothing about it. Run the stage again.
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


def environment_differs(facts: Facts) -> Iterator[Problem]:
    """What the base's tests say here is not what they said, or would have said, of the base.

    Tests that guarded when the base was recorded were run again at the base commit, on this machine, and fail or skip
    there as well: a service, a variable or a package is missing here, and the change is not to blame. Nobody knows what
    these tests would say of the change, so the verdict is inconclusive. Provide what the message names, and run again.

    Or a test failed at the base commit in its worktree, which lacks something that this working tree has (files that
    git ignores, a submodule's commit, what git-lfs or a sparse check-out leave out), and the change skips, marks xfail,
    deselects or removes it. Whether it guarded in the commit's own working tree, nobody knows. The same goes for one
    that was skipped there and names such a file, and for the tests of a submodule whose commit is not in this clone.
    One of these settles it:

    - Let it run there: name the file that git ignores in `base_files` of `[tool.testkeep]`, fetch the submodule's
      commit or the file that git-lfs keeps.
    - Run `testkeep run` once at the base commit itself, in this clone: what fails there, too, is known to be red and
      guards nothing.
    - Declare what stands for it with `@pytest.mark.replaces`, or record a waiver of the loss on the base branch (TK201
      to TK205, by what became of the test).

    A test that passes at the head needs none of that, nor one that fails there, which is TK101.

    Example: the baseline was made with DATABASE_URL set, and this run has no such variable. Or: `test_model` reads
    `tests/model.bin`, which git ignores, and the change skips it.
    """
    reasons: dict[str, list[str]] = {}
    for one in facts.comparison.unfit:
        reasons.setdefault(one.why, []).append(one.base.item.id)
    for why, tests in reasons.items():
        yield Problem(
            message=f"does not pass at the base commit either, on this machine: {why}{_differences(facts)}",
            help="Provide the service, variable or package that is missing here, and run again. If it is not to be had "
            "here, remove .testkeep/baseline, so that the baseline is made anew on this machine."
            + _bring(name_in(why, facts.not_given)),
            tests=tuple(tests),
        )
    yield from _doubted(facts)
    for (what, command), there in unknown_suites(facts):
        yield Problem(
            message=f"{what}, so nobody knows which of its tests guarded",
            help=f"Fetch it: '{command}', and run again.",
            tests=there,
        )


def _doubted(facts: Facts) -> Iterator[Problem]:
    """One problem for each way in which tests that failed in the base's worktree are no more, and each reason."""
    commit = facts.baseline.commit[:12] if facts.baseline is not None else ""
    causes: dict[tuple[str, str, str], list[LostTest]] = {}
    for loss in facts.comparison.doubted:
        phase = loss.base.decisive_phase
        reason = first_line(phase.reason) if phase is not None else ""
        causes.setdefault((reason, loss.how, facts.needs.get(loss.id, "")), []).append(loss)
    for (reason, how, needed), losses in causes.items():
        did = "was skipped" if losses[0].base.outcome is Outcome.SKIPPED else "failed"
        lacking = list(lacks(worktrees_of(facts), commit))
        also = "".join(f"; {what}" for what, _ in lacking)
        names = f"; it names {needed}, which git does not have" if needed else ""
        yield Problem(
            message=f"{did} at the base commit {commit} in its worktree, so nobody knows whether it guarded, and {how} "
            f"now: {reason or 'no reason given'}{names}{also}",
            help=_ways_out(facts, losses[0], [command for _, command in lacking], commit),
            tests=tuple(loss.id for loss in losses),
            path=losses[0].path,
            line=losses[0].line,
        )


def _ways_out(facts: Facts, loss: LostTest, commands: Sequence[str], commit: str) -> str:
    needed = in_project(facts, facts.needs.get(loss.id, ""))
    here = not_given(facts)
    among = f"; here and not in git: {', '.join(here[:_MOST_NAMED])}" if here and not needed else ""
    file = json.dumps(f"{needed}**" if needed.endswith("/") else needed or "<the file>")
    lines = [f"Get what is missing: {', '.join(map(repr, commands))}."] if commands else []
    lines.append(f"Let the base have the file that it needs: base_files = […, {file}] in [tool.testkeep]{among}.")
    lines.append(
        f"If it fails in any case: run 'testkeep run' once at the base itself ('git switch --detach {commit}')."
    )
    lines.append(f'If another test stands for it: @pytest.mark.replaces({json.dumps(loss.id)}, reason="…").')
    lines.append(f"Or record a waiver of {CODES[loss.how]} for it on the base branch.")
    return "\n".join(lines)


def _bring(needed: str) -> str:
    return (
        f" git does not have {needed}: with it in base_files of [tool.testkeep] the base has it, too." if needed else ""
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


def _differences(facts: Facts) -> str:
    """The variables and versions in which the base's run and this one differ."""
    before = [suite.settings for suite in facts.base_suites()]
    now = [suite.settings for _, suite in facts.suites()]
    if not before or not now:
        return ""
    here = {name for settings in now for name in settings.variables}
    # The base's run gets a PYTHONPATH from testkeep itself.
    there = {name for settings in before for name in settings.variables} - {"PYTHONPATH"}
    missing = sorted(there - here) if here else []
    versions = sorted(
        f"{name} {version} (now {now[0].versions.get(name, 'not there')})"
        for name, version in before[0].versions.items()
        if now[0].versions.get(name) != version
    )
    parts = [f"variables of the base's run that are not set here: {', '.join(missing)}"] if missing else []
    parts += [f"other versions then: {', '.join(versions)}"] if versions else []
    return f"; {'; '.join(parts)}" if parts else ""


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
