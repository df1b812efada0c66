"""Recognises a lost test that was renamed or moved, and edited as well, as one may be that keeps its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from testkeep.model.asserted import Asserted
from testkeep.model.comparison import Candidate, Loss, LostTest, StandIn, Weakening
from testkeep.model.inspection import Inspection, Reworded
from testkeep.model.production import Place, Span
from testkeep.model.tests import RecordedTest, function_of
from testkeep.rules.asserted import Said, compare_asserted
from testkeep.rules.base import Facts, source_in
from testkeep.rules.comparison import ids_at_base
from testkeep.rules.covering import footprint, is_left_uncovered, missed, reach, watched
from testkeep.rules.head_tests import HeadTests
from testkeep.rules.likeness import namesakes

# So alike, and so far ahead of the next best, that with the same assertions and the same lines it is the same test.
_ALIKE, _AHEAD = 0.75, 0.10
# Something that was added may decide what a few of the lines do: a setting, say.
_NEARLY_ALL = 0.9
# A red test that is renamed is mended as well.
_ALIKE_IF_MENDED = 0.5


def rewritten(
    facts: Facts, head: HeadTests, taken: Set[str], lost: Sequence[LostTest], unproven: Set[str]
) -> Iterator[StandIn]:
    """Find lost tests that are another test now, which asserts as much and runs the same.

    It has all statements of the lost one in their order; or the lost one's name, which no other lost or new test has;
    or it is far more like the lost one than any other, and has the same assertions. ``taken`` are tests that stand for
    others already. The most alike come first. What ``unproven`` tests ran is not known: of one that was mended with its
    new name, no less may be asserted.
    """
    taken = set(taken)
    known = [loss for loss in lost if loss.id not in unproven]
    unrolled = [one for one in _without_parameters(facts, head, known) if taken.isdisjoint(one.by)]
    taken.update(test_id for one in unrolled for test_id in one.by)
    yield from unrolled
    done = {one.lost for one in unrolled}
    lost = [loss for loss in lost if loss.id not in done]
    before = ids_at_base(facts)
    new = (test.item.id for test in head.guarding() if test.item.id not in before)
    named = namesakes((loss.id for loss in facts.comparison.lost), new)
    ranks = {loss.id: facts.inspection.candidates.get(loss.id, ()) for loss in lost if loss.how is Loss.REMOVED}
    ranked = [loss for loss in lost if ranks.get(loss.id)]
    for loss in sorted(ranked, key=lambda loss: -ranks[loss.id][0].likeness):
        there = ranks[loss.id]
        proofs = _mended(facts, loss, there) if loss.id in unproven else _same(facts, head, loss, there, named)
        for test_id, why in proofs:
            if test_id not in taken and head.guards(test_id, head.environments):
                taken.add(test_id)
                yield StandIn(lost=loss.id, by=(test_id,), why=why)
                break


def vaguer(facts: Facts, head: HeadTests, edited: Sequence[StandIn]) -> Iterator[Weakening]:
    """Say in what tests that were rewritten are weaker: no error, and as much of a warning as under the old id."""
    lost = {loss.id: loss for loss in (*facts.comparison.lost, *facts.comparison.doubted)}
    done: set[str] = set()  # many rows may have become one loop
    for one in edited:
        pair = _Pair.of(facts, head, lost[one.lost], one.by[0])
        said = next(pair.says_less(), None) if pair is not None else None
        if pair is not None and said is not None and one.by[0] not in done:
            done.add(one.by[0])
            yield Weakening(head=pair.test, why=said.why, to_nothing=False)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A lost test, and one of the head that may be that test: as they ran when they were inspected, and what held."""

    facts: Facts
    loss: LostTest
    before: RecordedTest
    held: Asserted
    test: RecordedTest
    now: RecordedTest
    holds: Asserted

    @classmethod
    def of(cls, facts: Facts, head: HeadTests, loss: LostTest, other: str) -> _Pair | None:
        """Put them together; None if something of them is not known."""
        seen, runs = facts.inspection, head.runs(other)
        before, held = watched(seen.base, loss.id), seen.base_asserted.get(loss.id)
        now, holds = watched(seen.head, other), seen.head_asserted.get(other)
        if before is None or held is None or now is None or holds is None or not runs:
            return None
        return cls(facts, loss, before, held, runs[0], now, holds)

    def runs_the_same(self, share: float = 1) -> bool:
        """Whether the test asserts as often as the lost one, and runs what that ran; at least this share of the lines.

        What it does not run of them, some test of the head has to.
        """
        gaps = misses(self.facts.inspection, self.before, self.now)
        if self.holds.total < self.held.total:
            return False
        if not gaps:
            return True
        ran = footprint([self.before])
        spare = round((1 - share) * sum(map(len, ran.values())), 6)
        return len(gaps) <= spare and not is_left_uncovered(self.facts.inspection.production, ran)

    def ran_code(self) -> bool:
        """Whether the lost test ran any production code: that another runs the same is no proof where it ran none."""
        return any(footprint([self.before]).values())

    def holds_as_much(self) -> bool:
        """Whether no failure is swallowed, and not all is gone: no more is asked of a test that keeps its id."""
        return not any(said.to_nothing for said in self.says_less())

    def says_less(self) -> Iterator[Said]:
        """In what the test asserts less than the lost one."""
        return compare_asserted(self.test, self.held, self.holds, self.facts.statements)

    def contains_it(self) -> bool:
        """Whether the test has all statements of the lost one in their order, its values, and all that held."""
        old, new = source_in(self.facts.base_sources, self.loss.base), source_in(self.facts.head_sources, self.test)
        if old is None or new is None or not old.statements or not self.holds_all():
            return False
        rest = iter(new.statements)
        has_values = self.loss.base.item.params.items() <= self.test.item.params.items()
        return has_values and all(statement in rest for statement in old.statements)

    def is_in_other_words(self, reworded: Reworded) -> bool:
        """Whether the words that differ change nothing: production code has them, or not even the assertions do."""
        if reworded.is_known:
            return self.runs_the_same(0 if reworded.is_renamed else 1)
        return bool(self.held.held) and self.holds_all() and self.ran_code() and self.runs_the_same()

    def holds_all(self) -> bool:
        """Whether each statement that asserted something and held is there, and held, whatever it was given."""
        return self.held.held.keys() <= self.holds.held.keys()

    def asserts_the_same(self) -> bool:
        """Whether all that the source of the lost one asserts is in that of the test, with what goes before."""
        seen = self.facts.inspection
        wanted = Counter(check.text for check in seen.base_checks.get(self.loss.id, ()))
        return bool(wanted) and wanted <= Counter(check.text for check in seen.head_checks.get(self.test.item.id, ()))


def _without_parameters(facts: Facts, head: HeadTests, lost: Sequence[LostTest]) -> Iterator[StandIn]:
    """Find the rows of functions that have no parameters any more: one test asserts as often as all of them did."""
    rows: dict[str, list[LostTest]] = {}
    for loss in lost:
        if loss.how is Loss.REMOVED and loss.base.item.params:
            rows.setdefault(function_of(loss.id), []).append(loss)
    for function, losses in rows.items():
        pairs = [pair for loss in losses if (pair := _Pair.of(facts, head, loss, function)) is not None]
        if len(pairs) < len(losses) or not head.guards(function, head.environments):
            continue
        asserts_as_often = pairs[0].holds.total >= sum(pair.held.total for pair in pairs)
        if asserts_as_often and all(
            pair.ran_code() and pair.runs_the_same() and pair.holds_as_much() for pair in pairs
        ):
            for loss in losses:
                yield StandIn(lost=loss.id, by=(function,), why="its function asserts as often without parameters")


def misses(inspection: Inspection, before: RecordedTest, now: RecordedTest) -> tuple[Place | Span, ...]:
    """The places of production code that one test ran, that are still there, and that another does not run."""
    return missed(inspection.production, footprint([before]), reach([now]))


_Proven = Iterator[tuple[str, str]]


def _same(
    facts: Facts, head: HeadTests, loss: LostTest, ranks: Sequence[Candidate], named: Mapping[str, str]
) -> _Proven:
    pairs = {one.test: pair for one in ranks if (pair := _Pair.of(facts, head, loss, one.test)) is not None}
    best = _far_ahead(ranks, _ALIKE)
    if best is not None and best.test in pairs:
        pair = pairs[best.test]
        if pair.runs_the_same() and pair.asserts_the_same():
            yield best.test, f"{best.likeness:.0%} alike, with the same assertions and the same lines"
    for test_id, pair in pairs.items():
        if not pair.holds_as_much():
            continue
        reworded = facts.inspection.rewordings.get(loss.id, {}).get(test_id)
        if reworded is not None and pair.is_in_other_words(reworded):
            yield test_id, _in_other_words(reworded.words)
        if pair.contains_it() and pair.runs_the_same(_NEARLY_ALL):
            yield test_id, "all of its statements are there in their order, and run the same"
        elif named.get(loss.id) == test_id and pair.ran_code() and pair.runs_the_same():
            yield test_id, "a test of its name asserts no less, and the same lines run"


def _in_other_words(words: Sequence[tuple[str, str]]) -> str:
    if not words:
        return "all of its statements are there, with its values"
    old, new = words[0]
    more = f", and {len(words) - 1} more" if len(words) > 1 else ""
    return f"all of its statements are there, with other names ({old}: {new}{more})"


def _mended(facts: Facts, loss: LostTest, ranks: Sequence[Candidate]) -> _Proven:
    best = _far_ahead(ranks, _ALIKE_IF_MENDED)
    before, now = facts.inspection.base_checks, facts.inspection.head_checks
    if best is not None and len(now.get(best.test, ())) >= len(before.get(loss.id, ())):
        yield best.test, f"{best.likeness:.0%} alike, and it asserts no less"


def _far_ahead(ranks: Sequence[Candidate], least: float) -> Candidate | None:
    if not ranks or ranks[0].likeness < least:
        return None
    # 0.9 - 0.8 is a little less than 0.1.
    ahead = round(ranks[0].likeness - ranks[1].likeness, 6) if ranks[1:] else 1
    return ranks[0] if ahead >= _AHEAD else None
