"""Sums up what was measured, for people and machines; decides nothing."""

from __future__ import annotations

from msgspec.structs import replace

from testkeep.model.coverage import FileCoverage, Ratio, layer_of
from testkeep.model.coverage_summary import SUMMARY_SCHEMA, CoverageSummary, FileSummary, Share
from testkeep.model.gap import ranges
from testkeep.rules.base import Facts, in_repository
from testkeep.rules.gaps import all_gaps
from testkeep.rules.thresholds import OVERALL, Threshold, diff_of, layers_of, overall_of

_MOST_GAPS = 10


def summarize(facts: Facts, head: str, base: str) -> CoverageSummary | None:
    """Sum up the coverage; None if nothing was measured. ``head`` and ``base`` are what the verdict calls them."""
    coverage = facts.coverage
    if coverage is None:
        return None
    before = facts.base_coverage.shown if facts.base_coverage is not None else None
    layers_before = before.by_layer(facts.policy.coverage.layers) if before is not None else {}
    overall = next(overall_of(facts))
    unreadable = (in_repository(facts, path) for path in coverage.unreadable)
    diff = next(diff_of(facts), None)
    return CoverageSummary(
        schema=SUMMARY_SCHEMA,
        head=head,
        base=base,
        stages=tuple(str(stage) for record in facts.evidence if record.suite for stage in record.job.stages),
        branch=coverage.branch,
        overall=_share(overall, before.overall if before is not None else None),
        layers={one.layer: _share(one, layers_before.get(one.layer, Ratio())) for one in layers_of(facts)},
        diff=Share.of(diff.ratio if diff else Ratio(), facts.policy.coverage.diff) if facts.diff is not None else None,
        files={in_repository(facts, path): _file(facts, path, file) for path, file in sorted(coverage.files.items())},
        gaps=dict(facts.gaps) or {OVERALL: all_gaps(facts)[:_MOST_GAPS]},
        notes=tuple(f"{path} is left out: coverage.py cannot parse it" for path in unreadable),
    )


def _share(threshold: Threshold, before: Ratio | None) -> Share:
    if threshold.is_required:
        return Share.of(threshold.ratio, threshold.minimum, before)
    return replace(Share.of(threshold.ratio, None, before), default=threshold.minimum)


def _file(facts: Facts, path: str, file: FileCoverage) -> FileSummary:
    return FileSummary(
        covered=file.ratio.covered,
        total=file.ratio.total,
        percent=file.ratio.shown if file.ratio.total else None,
        layer=layer_of(path, facts.policy.coverage.layers),
        missing=ranges(file.missing, set(file.executed)),
        partial=tuple(sorted({source for source, _ in file.missing_branches} - {*file.missing})),
    )
