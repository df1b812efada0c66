"""The base commit: which one it is, and its evidence, from the store or made now in a worktree of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from testkeep.errors import BaselineError, EvidenceError, UsageError
from testkeep.model.evidence import Evidence, Unfinished
from testkeep.model.stage import Stage
from testkeep.pipeline.base_runs import run_at_base
from testkeep.pipeline.base_store import (
    clear_damaged,
    is_measured,
    known_red,
    read_store,
    state_folder,
    store,
    store_folder,
)
from testkeep.pipeline.base_tree import check_out
from testkeep.pipeline.context import STATE_FOLDER, Project
from testkeep.pipeline.gather import read_all
from testkeep.pipeline.known_times import announcement
from testkeep.pipeline.plans import RunOptions
from testkeep.pipeline.progress import Watcher
from testkeep.rules.base import Baseline
from testkeep.rules.lacks import lacks, module_named
from testkeep.rules.shards import missing_shards, shard_faults
from testkeep.rules.validity import broken_off, doubts
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.git import Repository

NO_BASE = "none"
_LOGS = "base-logs"
_NOT_THERE = "the project was not there at the base commit: no test guarded"
# A change can have a say in the environment of the base's tests: what it loses would not be run there, either.
_SELECTING = ("-k", "-m", "--deselect", "--ignore")
# A clone made by a CI product often has no origin/HEAD and no local branch but its own.
_DEFAULT_BRANCHES = ("origin/HEAD", "main", "origin/main", "master", "origin/master")


@dataclass(frozen=True)
class Base:
    """The commit to compare with, and ``how`` it was found; ``commit`` is empty if there is none, for a ``reason``."""

    commit: str = ""
    reason: str = ""
    how: str = ""


def find_base(repository: Repository, ref: str | None, *, dirty: bool) -> Base:
    """Choose the base commit.

    Without a ``ref`` it is the merge base with ``origin/HEAD``, else ``main``, else ``master``. Where HEAD has nothing
    that this branch has not, it is HEAD itself if there is something to commit (``dirty``), else the parent commit. A
    first commit has no base.

    Raises:
        UsageError: there is no such ref, or no default branch to choose from.
        BaselineError: history was cut off before the base commit.
    """
    if ref == NO_BASE:
        return Base(reason="judged without a baseline (--base none)")
    head = repository.head()
    if ref is not None:
        return Base(_named(repository, ref), how=f"named by --base {ref}")
    target = default_branch(repository)
    tip = repository.resolve(target)
    on_target = tip is None or tip == head or target.removeprefix("origin/") == repository.branch()
    base = head if tip is None or on_target else repository.merge_base(tip, head)
    if base is None:
        shallow = " in this shallow clone" if repository.is_shallow() else ""
        raise BaselineError(f"HEAD and {target} have no common commit{shallow}", hint=_DEEPEN)
    if base != head:
        return Base(base, how=f"the merge base with {target}")
    if dirty:
        return Base(head, how="HEAD, as there are changes to commit")
    return _parent(repository, head, f"the tip of {target}" if on_target else f"HEAD, which {target} has already")


def _parent(repository: Repository, head: str, name: str) -> Base:
    parent = repository.parent(head)
    if parent is None and repository.is_shallow():
        raise BaselineError("the parent commit is not in this shallow clone", hint=_DEEPEN)
    if parent is None:
        return Base(reason="judged without a baseline: this is the first commit")
    return Base(parent, how=f"the parent of {name}")


_DEEPEN = "Fetch the whole history (git fetch --unshallow; in CI a fetch depth of 0), or name a commit with --base."


def _named(repository: Repository, ref: str) -> str:
    commit = repository.resolve(ref)
    if commit is not None:
        return commit
    if repository.is_shallow():
        raise BaselineError(f"{ref} is not in this shallow clone", hint=_DEEPEN)
    raise UsageError(f"--base {ref}: no such commit, branch or tag", hint="'git log --oneline' lists commits.")


def default_branch(repository: Repository) -> str:
    """Name the branch that changes are merged into, as git has it here (``origin/main``).

    Raises:
        UsageError: there is none of the usual names.
    """
    for name in _DEFAULT_BRANCHES:
        if repository.resolve(name) is not None:
            return repository.full_name(name)
    raise UsageError(
        f"no default branch found: none of {', '.join(_DEFAULT_BRANCHES)} is there",
        hint="Name the commit to compare with: --base REF, or --base none.",
    )


def obtain(project: Project, commit: str, stages: Sequence[Stage], jobs: int, watcher: Watcher) -> Baseline:
    """Get the base commit's evidence from the store; what is not there is made now and stored.

    Evidence that was made with the head's code is refused. Problems are part of the result, not raised.
    """
    missing: tuple[Stage, ...] = ()
    notes: tuple[str, ...] = ()
    try:
        in_store = read_store(project, commit)
        notes = clear_damaged(project, commit, in_store)
        stored = (record for record in in_store.evidence if set(record.job.stages) & set(stages))
        measure = _needs_coverage(project, stages)
        evidence = [record for record in stored if not measure or is_measured(project, commit, record)]
        have = {stage for record in evidence for stage in record.job.stages}
        missing = tuple(stage for stage in stages if stage not in have)
        if missing:
            made = _make(project, commit, missing, jobs, watcher, measure=measure)
            notes += () if made else (_NOT_THERE,)
            evidence += made
    except (BaselineError, EvidenceError, UsageError) as error:
        return Baseline(commit=commit, problem=error.message, notes=notes)
    return Baseline(
        commit=commit,
        evidence=tuple(evidence),
        is_fresh=missing == tuple(stages),
        notes=notes,
        known_red=known_red(project, commit),
    )


def baseline_from(folder: EvidenceFolder, stages: Sequence[Stage]) -> tuple[Base, Baseline | None]:
    """Take the base's evidence from a folder that somebody made elsewhere."""
    try:
        evidence, unfinished = read_all(folder)
        wanted = [record for record in evidence if set(record.job.stages) & set(stages)]
        commits = {record.provenance.commit for record in wanted}
        if len(commits) != 1:
            what = "has no evidence of these stages" if not commits else "mixes evidence of several commits"
            raise BaselineError(f"{folder.path} {what}")
        refuse_invalid(wanted, unfinished)
        refuse_bad_shards(wanted)
    except (BaselineError, EvidenceError) as error:
        return Base(commit=""), Baseline(commit="", problem=error.message)
    commit = commits.pop()
    return Base(commit, how="that of --baseline"), Baseline(commit=commit, evidence=tuple(wanted))


def save_as_baseline(evidence: Sequence[Evidence], source: EvidenceFolder, target: EvidenceFolder) -> None:
    """Keep the records of test stages, with their coverage data, where a later ``--baseline`` finds nothing else.

    Raises:
        EvidenceError: the folder cannot be written.
    """
    target.prepare()
    for record in evidence:
        data = source.read_record(record.job.stem)
        if data is not None and not record.tools:
            target.copy_coverage(record.job.stem, source)
            target.write_record(record.job.stem, data)


def _needs_coverage(project: Project, stages: Sequence[Stage]) -> bool:
    """Whether the base's coverage is asked for: by the ratchet, of which a part of the stages says nothing."""
    return project.policy.coverage.ratchet and bool(project.source) and set(project.policy.test_stages) <= set(stages)


def _make(
    project: Project, commit: str, stages: tuple[Stage, ...], jobs: int, watcher: Watcher, *, measure: bool
) -> list[Evidence]:
    """Run the base commit's tests on the base commit's code.

    Raises:
        BaselineError: they could not be run, the run is not valid, or it used code from outside the worktree.
    """
    with check_out(project, commit, for_tests=True) as base:
        if base is None:
            return []  # the project did not exist yet: nothing guarded
        made = EvidenceFolder(base.scratch / "evidence")
        made.prepare()
        options = RunOptions(
            stages=stages,
            folder=made,
            jobs=jobs,
            measure=measure,
            environment=base.environment,
            # What fails here by chance guards nothing, and would not be missed at the head.
            again_alone=True,
        )
        watcher.say(announcement(commit, store_folder(project, commit).path.parent, stages, jobs))
        evidence, unfinished = run_at_base(base, options, watcher)
        try:
            refuse_foreign_code(evidence, project, base.project)
            refuse_invalid(evidence, unfinished)
        except BaselineError as error:
            made.copy_logs(state_folder(project) / _LOGS)
            reason = f"{error.message} (its output is in {STATE_FOLDER}/{_LOGS})"
            raise BaselineError(f"{reason}{_for_want(project, commit, error.message, evidence)}") from error
        for record in evidence:
            store(project, commit, made, record)
    return evidence


def _for_want(project: Project, commit: str, reason: str, evidence: Sequence[Evidence]) -> str:
    """What the worktree lacked, which may be the reason; empty if nothing of the kind is known."""
    worktrees = dict.fromkeys(record.worktree for record in evidence if record.worktree is not None)
    parts = [f"{what} ('{command}')" for what, command in lacks(worktrees, commit[:12])]
    needed = module_named(reason, project.ignored.others)
    parts += [f"git does not have {needed}: base_files in [tool.testkeep] brings it to the base"] if needed else []
    return "".join(f"; {part}" for part in parts)


def refuse_invalid(evidence: Sequence[Evidence], unfinished: Sequence[Unfinished]) -> None:
    """Refuse what is no baseline.

    Raises:
        BaselineError: a run did not finish, something could not be collected, a run is not valid, or its environment,
            which is that of the change, took tests out.
    """
    if unfinished:
        stages = ", ".join(left.job.id for left in unfinished)
        causes = "; ".join(dict.fromkeys(left.cause for left in unfinished if left.cause))
        raise BaselineError(f"its run of {stages} did not finish" + (f": {causes}" if causes else ""))
    for record in evidence:
        if record.suite is None:
            continue
        broken = next((report for report in record.suite.collectors if report.outcome == "failed"), None)
        if broken is not None:
            first_line = broken.reason.strip().partition("\n")[0]
            raise BaselineError(f"at that commit {broken.id} cannot be collected here: {first_line}")
        words = record.suite.settings.environment.get("PYTEST_ADDOPTS", "").split()
        selecting = next((word for word in words if word.startswith(_SELECTING)), "")
        if selecting:
            raise BaselineError(
                f"its run of {record.job.id} was told by PYTEST_ADDOPTS to leave tests out: {selecting}"
            )
        reason = next(iter([*doubts(record.suite), broken_off(record.suite)]))
        if reason:
            raise BaselineError(f"its run of {record.job.id} is not valid: {reason}")


def refuse_bad_shards(evidence: Sequence[Evidence]) -> None:
    """Refuse shards that are not the whole of their stage.

    Raises:
        BaselineError: a shard has no record, or a test is in none of them, or in several.
    """
    for stage, fault in (*missing_shards(evidence), *shard_faults(evidence)):
        raise BaselineError(f"the shards of its run of {stage} do not add up: {fault}")


def refuse_foreign_code(evidence: Sequence[Evidence], project: Project, base: Project) -> None:
    """Prove that the base run imported the base's code: nothing of the project may come from elsewhere.

    Raises:
        BaselineError: something did.
    """
    inside = base.repository.root.resolve()
    head = project.repository.root.resolve()
    for record in evidence:
        for module, origins in record.suite.imports.items() if record.suite else ():
            for origin in map(Path, origins):
                own = module in base.roots or origin.is_relative_to(head)
                if own and not origin.is_relative_to(inside):
                    raise BaselineError(
                        f"its run imported {module} from {origin}, outside the base commit's worktree; "
                        "evidence of other code is no baseline"
                    )
