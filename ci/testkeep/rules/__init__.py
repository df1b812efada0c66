"""Pure functions from facts to findings. ``RULES`` is the only registry."""

from __future__ import annotations

from testkeep.model.verdict import Decision
from testkeep.rules import (
    conservation,
    coverage,
    coverage_change,
    declared,
    environment,
    neighbours,
    outcomes,
    policy,
    provenance,
    services,
    unstable_ids,
    waivers,
)
from testkeep.rules.base import Rule

_UNDECIDED = Decision.INCONCLUSIVE

RULES: tuple[Rule, ...] = (
    Rule(code="TK101", name="failed", check=outcomes.failed),
    Rule(code="TK102", name="error", check=outcomes.error_in_fixture),
    Rule(code="TK103", name="collection-error", check=outcomes.collection_error, effect=_UNDECIDED),
    Rule(code="TK104", name="stage-broke-off", check=outcomes.stage_broke_off, effect=_UNDECIDED),
    Rule(code="TK105", name="unexpected-pass", check=outcomes.unexpected_pass),
    Rule(code="TK106", name="static-stage-failed", check=outcomes.static_stage_failed),
    Rule(code="TK107", name="nothing-ran", check=outcomes.nothing_ran, effect=_UNDECIDED),
    Rule(code="TK108", name="forged-outcome", check=outcomes.forged),
    Rule(code="TK201", name="newly-skipped", check=conservation.newly_skipped),
    Rule(code="TK202", name="newly-xfailed", check=conservation.newly_xfailed),
    Rule(code="TK203", name="removed", check=conservation.removed),
    Rule(code="TK204", name="deselected", check=conservation.deselected),
    Rule(code="TK205", name="no-longer-collected", check=conservation.not_collected),
    Rule(code="TK206", name="weakened", check=conservation.weakened),
    Rule(code="TK207", name="unstable-ids", check=unstable_ids.unstable_ids),
    Rule(code="TK210", name="replacement-does-not-guard", check=declared.does_not_guard),
    Rule(code="TK211", name="replacement-does-not-cover", check=declared.does_not_cover),
    Rule(code="TK212", name="replacement-not-new", check=declared.not_new),
    Rule(code="TK213", name="replacement-of-nothing-lost", check=declared.not_lost),
    Rule(code="TK214", name="replacement-cannot-fail", check=declared.cannot_fail),
    Rule(code="TK301", name="coverage-overall", check=coverage.overall),
    Rule(code="TK302", name="coverage-layer", check=coverage.layers),
    Rule(code="TK303", name="coverage-diff", check=coverage_change.diff),
    Rule(code="TK304", name="coverage-fell", check=coverage_change.ratchet),
    Rule(code="TK305", name="never-measured", check=coverage_change.never_measured),
    Rule(code="TK501", name="evidence-missing", check=provenance.evidence_missing, effect=_UNDECIDED),
    Rule(code="TK502", name="evidence-foreign", check=provenance.evidence_foreign, effect=_UNDECIDED),
    Rule(code="TK503", name="policy-loosened", check=policy.loosened_policy),
    Rule(code="TK504", name="waiver-expired", check=waivers.expired, about_waivers=True),
    Rule(code="TK505", name="waiver-matches-nothing", check=waivers.unmatched, about_waivers=True),
    Rule(code="TK506", name="baseline-unavailable", check=provenance.baseline_unavailable, effect=_UNDECIDED),
    Rule(code="TK507", name="tool-missing", check=provenance.tool_missing, effect=_UNDECIDED),
    Rule(code="TK508", name="environment-differs", check=environment.environment_differs, effect=_UNDECIDED),
    Rule(code="TK509", name="comparison-uncontrolled", check=provenance.comparison_uncontrolled, effect=_UNDECIDED),
    Rule(code="TK510", name="service-unavailable", check=services.service_unavailable, effect=_UNDECIDED),
    Rule(code="TK511", name="passes-alone", check=neighbours.passes_alone),
)
