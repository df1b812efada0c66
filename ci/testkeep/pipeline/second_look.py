"""A closer look at what a comparison found: reads sources, and runs lost and changed tests again, watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from testkeep.errors import Undecided, UsageError
from testkeep.model.asserted import Asserted
from testkeep.model.assertion_site import Statements
from testkeep.model.comparison import NotCompared, Uncompared
from testkeep.model.evidence import Evidence
from testkeep.model.production import Lines
from testkeep.model.tests import RecordedTest
from testkeep.pipeline.base_tree import BaseTree, check_out
from testkeep.pipeline.baseline import refuse_foreign_code
from testkeep.pipeline.gather import read_all
from testkeep.pipeline.inspecting import Site, inspect
from testkeep.pipeline.plans import RunOptions
from testkeep.pipeline.progress import Labelled, Watcher
from testkeep.pipeline.read_tests import read_tests
from testkeep.pipeline.run import run_stages
from testkeep.pipeline.sources import Texts, read_statements
from testkeep.rules.assertion_records import Records
from testkeep.rules.base import Facts
from testkeep.rules.choosing import Wanted, choose, needs_others, to_be_measured_without
from testkeep.rules.unstable_ids import named_for_pytest, steady_record
from testkeep.system.coverage_data import executed_lines
from testkeep.system.evidence_folder import EvidenceFolder


@dataclass(frozen=True)
class Looker:
    """Where and how to look: the evidence that is judged, a folder for inspections, and who watches."""

    texts: Texts
    evidence: EvidenceFolder
    scratch: Path
    watcher: Watcher


def look_closer(looker: Looker, facts: Facts) -> Facts:
    """Find out what is needed to account for lost tests and to notice weakened ones; nothing, where nothing changed."""
    facts = replace(facts, inspection=read_tests(looker.texts, facts))
    wanted = choose(facts)
    if not wanted.base and not wanted.head:
        return facts
    production = msgspec.structs.replace(facts.inspection.production, covered=_covered(looker, facts))
    facts = _with(facts, production=production, **_asserted(facts, wanted))
    facts = _with_statements(looker.texts, facts)
    if wanted.head:
        facts = _inspect_head(looker, facts, wanted.head)
    if wanted.base:
        facts = _inspect_base(looker, facts, wanted.base)
    return _with_missing(facts)


def _with_missing(facts: Facts) -> Facts:
    """Name the edited tests that were run again without being there: they are not compared."""
    seen = facts.inspection
    known = {one.what for one in seen.not_compared}
    for what, tests in (
        (Uncompared.HEAD, [one.head for one in seen.suspects if one.head not in seen.head]),
        (Uncompared.BASE, [one.base for one in seen.suspects if one.base not in seen.base]),
    ):
        if tests and what not in known:
            facts = _without(facts, what, "they were not collected when they were run again", tests)
    return facts


def _asserted(facts: Facts, wanted: Wanted) -> dict[str, Mapping[str, Asserted]]:
    """What the tests to inspect asserted in the runs that count: the most at the base, the least at the head."""
    base, head = Records(facts.base_suites()), Records(suite for _, suite in facts.suites())
    return {
        "base_asserted": {test_id: found[-1] for test_id in wanted.base if (found := base.in_all(test_id))},
        "head_asserted": {test_id: found[0] for test_id in wanted.head if (found := head.in_all(test_id))},
    }


def _with_statements(texts: Texts, facts: Facts) -> Facts:
    """Read the assertions of lost tests, too, and of those that may be the same."""
    seen, known = facts.inspection, facts.statements
    more = read_statements(texts, seen.base_asserted.values(), seen.head_asserted.values())
    return replace(facts, statements=Statements(base={**known.base, **more.base}, head={**known.head, **more.head}))


def _with(facts: Facts, **changes: object) -> Facts:
    return replace(facts, inspection=replace(facts.inspection, **changes))  # type: ignore[arg-type]


def _covered(looker: Looker, facts: Facts) -> Lines | None:
    """The head's lines that any test ran; None if a job left no coverage data."""
    jobs = [record.job.stem for record in facts.evidence if record.ran_tests]
    return _executed([looker.evidence.coverage_path(job) for job in jobs], looker.texts.project.folder)


def _executed(files: Sequence[Path], folder: str) -> Lines | None:
    if not files or not all(file.exists() for file in files):
        return None
    prefix = f"{folder}/" if folder else ""
    try:
        return {f"{prefix}{path}": lines for path, lines in executed_lines(files).items()}
    except Undecided:
        return None


def _inspect_head(looker: Looker, facts: Facts, tests: Sequence[str]) -> Facts:
    site = Site(looker.texts.project, EvidenceFolder(looker.scratch), {}, "head")
    try:
        record = inspect(site, named_for_pytest(facts, tests), looker.watcher)
    except (Undecided, UsageError) as error:
        return _without(facts, Uncompared.HEAD, error.message, tests)
    head = _again(facts, record)
    return _with(facts, head=head.tests, head_alone=head.asserted)


def _without(facts: Facts, what: Uncompared, why: str, tests: Sequence[str]) -> Facts:
    missing = NotCompared(what=what, why=why, tests=tuple(tests))
    return _with(facts, not_compared=(*facts.inspection.not_compared, missing))


def _inspect_base(looker: Looker, facts: Facts, tests: Sequence[str]) -> Facts:
    project, commit = looker.texts.project, looker.texts.commit
    try:
        with check_out(project, commit, for_tests=True) as tree:
            if tree is None:
                raise Undecided("the project is not there at the base commit")
            site = Site(tree.project, EvidenceFolder(tree.scratch / "inspection"), tree.environment, "base")
            record = inspect(site, named_for_pytest(facts, tests), looker.watcher)
            refuse_foreign_code([record], project, tree.project)
            base = _again(facts, record)
            not_found = frozenset(tests) - base.tests.keys()
            facts = _with(facts, base=base.tests, base_alone=base.asserted, not_found=not_found)
            return _measure_others(looker, facts, tree) if needs_others(facts) else facts
    except (Undecided, UsageError) as error:
        return _without(facts, Uncompared.BASE, error.message, tests)


class _Again(NamedTuple):
    """The tests that were run again, and what those that guarded asserted alone."""

    tests: Mapping[str, RecordedTest]
    asserted: Mapping[str, Asserted]


def _again(facts: Facts, record: Evidence) -> _Again:
    record = steady_record(facts, record)
    tests = {test.item.id: test for test in record.tests}
    alone = Records([record.suite] if record.suite else [])
    return _Again(tests, {test_id: found[0] for test_id in tests if (found := alone.in_all(test_id))})


def _measure_others(looker: Looker, facts: Facts, tree: BaseTree) -> Facts:
    """Find out which lines of the base its tests run without the lost ones."""
    folder = EvidenceFolder(tree.scratch / "others")
    folder.prepare()
    options = RunOptions(
        stages=facts.test_stages,
        folder=folder,
        environment=tree.environment,
        without=named_for_pytest(facts, to_be_measured_without(facts)),
    )
    run_stages(tree.project, options, Labelled(looker.watcher, "base without: "))
    evidence, unfinished = read_all(folder)
    if unfinished:
        raise Undecided("what the base's other tests run is not known: their run without the lost ones did not finish")
    ran = [record.job.stem for record in evidence if record.ran_tests]
    others = _executed([folder.coverage_path(job) for job in ran], tree.project.folder) if ran else {}
    return _with(facts, production=msgspec.structs.replace(facts.inspection.production, others=others))
