"""Runs the base's tests in a worktree of it, and writes down what that worktree was like."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from testkeep.formats import evidence_json
from testkeep.model.evidence import Evidence, Unfinished
from testkeep.model.tests import Outcome
from testkeep.model.worktree import Worktree
from testkeep.pipeline.base_tree import BaseTree
from testkeep.pipeline.gather import read_job
from testkeep.pipeline.plans import RunOptions
from testkeep.pipeline.progress import Watcher
from testkeep.pipeline.run import run_stages
from testkeep.system.left_out import is_sparse, lfs_pointers

_MOST_NAMED = 50
_BAD = (Outcome.FAILED, Outcome.ERROR)


def run_at_base(tree: BaseTree, options: RunOptions, watcher: Watcher) -> tuple[list[Evidence], list[Unfinished]]:
    """Run stages on the base's code; each record says that it was made in a worktree, and what was not to be had there.

    Raises:
        Interrupted: the user stopped the run.
        EvidenceError: the evidence cannot be written.
    """
    run_stages(tree.project, options, watcher)
    found = [read_job(options.folder, options.job(stage).stem) for stage in options.stages]
    evidence = [record for record in found if isinstance(record, Evidence)]
    worktree = _worktree(tree, evidence)
    made = [msgspec.structs.replace(record, worktree=worktree) for record in evidence]
    for record in made:
        options.folder.write_record(record.job.stem, evidence_json.dumps(record))
    return made, [left for left in found if isinstance(left, Unfinished)]


def _worktree(tree: BaseTree, evidence: Sequence[Evidence]) -> Worktree:
    seen = Worktree(brought=tree.brought, empty=tree.empty)
    if not any(_is_red(record) for record in evidence):
        return seen
    top = tree.project.repository.root
    pointers = lfs_pointers(top)[:_MOST_NAMED]
    return msgspec.structs.replace(seen, missed=tree.missed[:_MOST_NAMED], pointers=pointers, is_sparse=is_sparse(top))


def _is_red(record: Evidence) -> bool:
    collectors = record.suite.collectors if record.suite is not None else ()
    failed = any(report.outcome == "failed" for report in collectors)
    return failed or any(test.outcome in _BAD for test in record.tests)
