"""TK207: parametrized tests whose ids or values change from run to run, and how they are compared all the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec

from testkeep.model.comparison import Loss
from testkeep.model.evidence import Evidence, Suite
from testkeep.model.finding import Severity
from testkeep.model.tests import Item, RecordedTest, function_of
from testkeep.model.unstable import Unstable
from testkeep.rules.base import Facts, Problem

_CHANGES = "changes from run to run"
_MOST_OF_A_VALUE = 40


def unstable_ids(facts: Facts) -> Iterator[Problem]:
    """The ids of a parametrized test change from run to run.

    A random value, a new UUID, the time of day or an address in memory is in the id, so no run has the tests of the run
    before. testkeep sees it by collecting again, and compares such a test by its function, by those parameters that do
    stay the same, and by the number of its parameter sets: fewer that guard are a loss (TK203, TK201), another value is
    none. It calls them `test_add[#1]`, `test_add[#2]`. Give the sets fixed ids: only then can anybody run one of them
    alone, and only then does testkeep see which one is lost. The change that does so passes.

    Example: `@pytest.mark.parametrize("token", [uuid4(), uuid4()])` makes other ids each time. This does not:

        @pytest.mark.parametrize("token", [pytest.param(uuid4(), id="first"), pytest.param(uuid4(), id="second")])
    """
    places: dict[tuple[str, int], list[Unstable]] = defaultdict(list)
    for one in facts.unstable:
        # Values alone that change, under ids that do not, are no trouble to anybody.
        if one.before and not one.is_mended:
            places[one.path, one.line].append(one)
    for (path, line), found in places.items():
        first, more = found[0], len(found) - 1
        others = f" and {more} more" if more else ""
        yield Problem(
            message=f"the ids of {first.function}{others} change from run to run ({_sets(first.before)} in one "
            f"collection, {_sets(first.after)} in the next), so its parameter sets are compared by number",
            help="Give each parameter set a fixed id: pytest.param(..., id='...').",
            tests=tuple(one.function for one in found),
            path=path,
            line=line,
            severity=Severity.WARNING,
        )


def _sets(test_id: str) -> str:
    return _short(test_id.removeprefix(function_of(test_id)))


# Which functions to collect again ---------------------------------------------------------------------------------


def doubtful(facts: Facts) -> tuple[set[str], set[str]]:
    """The functions of the base and those of the head that are worth a second collection.

    These lost parameter sets while the head has new ones, or kept the ids of sets that have other values now.
    """
    lost = {loss.id for loss in facts.comparison.lost if loss.how in (Loss.REMOVED, Loss.NOT_COLLECTED)}
    gone = {function_of(test_id) for test_id in lost if "[" in test_id}
    before = {test.item.id for test in facts.base_tests()} if gone else set()
    new = {function_of(test.item.id) for test in facts.tests() if "[" in test.item.id and test.item.id not in before}
    found = (gone, new) if gone and new else (set(), set())
    other = _with_other_values(facts)
    return found[0] | other, found[1] | other


def _with_other_values(facts: Facts) -> set[str]:
    kept = set(facts.comparison.kept)
    before = _values_by_function(facts.base_tests(), kept)
    now = _values_by_function((test for test in facts.tests() if test.item.path in facts.head_sources), kept)
    return {function for function, values in now.items() if values != before.get(function, values)}


def _values_by_function(tests: Iterable[RecordedTest], kept: Collection[str]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for test in tests:
        if test.item.params and test.item.id in kept:
            found[function_of(test.item.id)][values_of(test.item)] += 1
    return found


def values_of(item: Item, names: Collection[str] | None = None) -> str:
    """A parameter set's values as one text: of some parameters, or of all (None)."""
    return "\n".join(f"{name}={value}" for name, value in sorted(item.params.items()) if names is None or name in names)


def find_unstable(
    recorded: Mapping[str, Sequence[Item]], again: Mapping[str, Sequence[Item]], functions: Iterable[str]
) -> Iterator[Unstable]:
    """Hold two collections of the same code against each other, function by function.

    A function that the second one did not find is passed over: it is not known to be unstable.
    """
    for function in sorted(functions):
        one, other = recorded.get(function, ()), again.get(function, ())
        if one and other:
            first, second = sorted({item.id for item in one}), sorted({item.id for item in other})
            names = {name for item in (*one, *other) for name in item.params}
            steady = tuple(sorted(name for name in names if _same(one, other, {name})))
            if first != second or not _same(one, other, None):
                yield Unstable(
                    function=function,
                    steady=steady if len(one) == len(other) else (),
                    rows=0 if len(one) == len(other) else min(len(one), len(other)),
                    before=next((id_ for id_ in first if id_ not in second), first[0]) if first != second else "",
                    after=next((id_ for id_ in second if id_ not in first), second[0]) if first != second else "",
                )


def _same(one: Sequence[Item], other: Sequence[Item], names: Collection[str] | None) -> bool:
    first, second = (Counter(values_of(item, names) for item in items) for items in (one, other))
    return first == second


# Comparing them ---------------------------------------------------------------------------------------------------


def steadied(facts: Facts, unstable: Sequence[Unstable]) -> Facts:
    """Give the tests of unstable functions ids and values that both sides share: by what is steady, and by number."""
    facts = replace(facts, unstable=tuple(unstable))
    base = facts.baseline
    if base is not None:
        base = replace(base, evidence=tuple(steady_record(facts, record, cut=True) for record in base.evidence))
    head = tuple(steady_record(facts, record) for record in facts.evidence)
    return replace(facts, evidence=head, baseline=base)


def steady_record(facts: Facts, record: Evidence, *, cut: bool = False) -> Evidence:
    """The same record with steady ids; ``cut`` leaves out the sets above the number that is always there."""
    functions = {one.function: one for one in facts.unstable}
    if record.suite is None or not functions:
        return record
    return msgspec.structs.replace(record, suite=_steady_suite(record.suite, functions, cut))


def named_for_pytest(facts: Facts, tests: Iterable[str]) -> tuple[str, ...]:
    """What a process that collects anew knows tests as: an unstable one by its function, with all of its sets."""
    functions = {one.function for one in facts.unstable}
    return tuple(dict.fromkeys(function_of(test) if function_of(test) in functions else test for test in tests))


def _steady_suite(suite: Suite, functions: Mapping[str, Unstable], cut: bool) -> Suite:
    names = _steady_names(suite, functions)
    if not names:
        return suite
    tests = []
    for index, test in enumerate(suite.tests):
        new = names.get(index)
        one = functions.get(function_of(test.item.id))
        if new is None or one is None:
            tests.append(test)
        elif not (cut and one.rows and new[1] > one.rows):
            params = {name: value if name in one.steady else _CHANGES for name, value in test.item.params.items()}
            item = msgspec.structs.replace(test.item, id=new[0], params=params)
            tests.append(msgspec.structs.replace(test, item=item))
    return msgspec.structs.replace(suite, tests=tuple(tests))


def _steady_names(suite: Suite, functions: Mapping[str, Unstable]) -> dict[int, tuple[str, int]]:
    """New ids, with their numbers, by the test's place in the record.

    Those that guard come first: a hook may shuffle the rest, and a set that is skipped now is missing at the end.
    """
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, test in enumerate(suite.tests):
        one = functions.get(function_of(test.item.id))
        if one is not None and "[" in test.item.id:
            rows[one.function, values_of(test.item, one.steady)].append(index)
    found: dict[int, tuple[str, int]] = {}
    for (function, values), places in rows.items():
        places.sort(key=lambda index: not suite.tests[index].guards)
        label = "".join(f"{_short(line)}, " for line in values.split("\n") if line)
        for number, index in enumerate(places, start=1):
            found[index] = (f"{function}[{label}#{number}]", number)
    return found


def _short(line: str) -> str:
    return line if len(line) <= _MOST_OF_A_VALUE else f"{line[: _MOST_OF_A_VALUE - 1]}…"
