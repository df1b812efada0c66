"""TK508: what the base's tests say on this machine is not what they said, or would have said, of the base."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from testkeep.model.comparison import LostTest
from testkeep.model.tests import Outcome
from testkeep.rules.base import Facts, Problem, first_line, in_project
from testkeep.rules.doubts import CODES
from testkeep.rules.lacks import lacks, name_in, not_given, unknown_suites, worktrees_of

# What is no job: what is made of the records of all of them, and the files themselves.
_MOST_NAMED = 3


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
