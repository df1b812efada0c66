"""Recognises tests that went with the production code that they tested."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from testkeep.model.comparison import Loss, LostTest, Retirement
from testkeep.model.inspection import Definition, Inspection
from testkeep.model.production import Lines, Place, Production, shown
from testkeep.model.source import FunctionSource
from testkeep.model.tests import function_of
from testkeep.rules.covering import deleted, footprint, is_left_uncovered, is_unique, watched


def retire(
    inspection: Inspection, lost: tuple[LostTest, ...], still_there: Set[str] = frozenset()
) -> Iterator[Retirement]:
    """Find the lost tests that are gone because their code is gone.

    That is proven by the lines that only lost tests ran, if all of them were deleted; by a definition that the test
    names and ran, if it is nowhere at the head; by a parameter that it passes and that nothing has any more; by a
    constant that all of its assertions name; or by a file of production data that its parameters name. What else the
    test ran must still be run at the head, and where its assertions are about several things, all of these must be
    gone. The parameter sets of a function that is not ``still_there`` are judged together: one that ran nothing but
    what those ran that are proven to be gone goes with them.
    """
    removed = [loss for loss in lost if loss.how is Loss.REMOVED]
    reasons = {loss.id: why for loss in removed if (why := _why(inspection, loss))}
    proven: dict[str, list[str]] = {}
    for test_id in reasons:
        proven.setdefault(function_of(test_id), []).append(test_id)
    for loss in removed:
        function = function_of(loss.id)
        siblings = proven.get(function, []) if function not in still_there else []
        if loss.id in reasons:
            yield Retirement(test=loss.id, why=reasons[loss.id])
        elif siblings and _ran_no_more(inspection, loss, siblings):
            yield Retirement(test=loss.id, why=reasons[siblings[0]])


def _ran_no_more(inspection: Inspection, loss: LostTest, others: Sequence[str]) -> bool:
    """Whether a test ran only lines that some others ran as well."""
    seen = watched(inspection.base, loss.id)
    if seen is None:
        return False
    runs = footprint(inspection.base[test_id] for test_id in others)
    ran = footprint([seen])
    return any(ran.values()) and all(numbers <= runs.get(path, frozenset()) for path, numbers in ran.items())


def retire_unproven(inspection: Inspection, lost: tuple[LostTest, ...], unproven: Set[str]) -> Iterator[Retirement]:
    """Find those of the lost tests that name a definition which is nowhere at the head; what they ran is not known."""
    for loss in lost:
        symbol = _gone_symbol(inspection, loss, {}) if loss.id in unproven and loss.how is Loss.REMOVED else ""
        if symbol:
            yield Retirement(test=loss.id, why=f"{symbol} was deleted, which it names")


def _why(inspection: Inspection, loss: LostTest) -> str:
    production = inspection.production
    seen = watched(inspection.base, loss.id)
    if seen is None:
        return ""
    ran = footprint([seen])
    gone = deleted(production, ran)
    everything = sum(len(numbers) for numbers in ran.values())
    if _is_emptied(inspection, loss, ran, gone):
        return ""
    if gone and len(gone) == everything:
        return f"all of the code that it ran was deleted ({', '.join(shown(gone))} of the base)"
    if is_left_uncovered(production, ran):
        return ""
    data = _gone_data(production, loss)
    if data:
        return f"{data} was deleted, which it was about"
    if _asserts_something_else(inspection, loss, ran, gone):
        return ""
    unique = _unique(inspection, ran)
    if unique and unique <= set(gone):
        return f"the code that only it ran was deleted ({', '.join(shown(unique))} of the base)"
    symbol = _gone_symbol(inspection, loss, ran)
    if symbol:
        return f"{symbol} was deleted, which it tested"
    parameter = _gone_parameter(inspection, loss)
    if parameter:
        return f"the parameter {parameter} was deleted, which it uses"
    constant = _gone_constant(inspection, loss)
    return f"{constant} was deleted, which all of its assertions are about" if constant else ""


def _gone_parameter(inspection: Inspection, loss: LostTest) -> str:
    topic = inspection.topics.get(loss.id)
    return min(topic.passes, default="") if topic is not None else ""


def _gone_constant(inspection: Inspection, loss: LostTest) -> str:
    """The deleted constant or attribute of a class that each assertion of a test names; empty if there is none."""
    topic, checks = inspection.topics.get(loss.id), inspection.base_checks.get(loss.id, ())
    for name in sorted(topic.constants) if topic is not None and checks else ():
        word = re.compile(rf"\b{re.escape(name)}\b")
        if all(word.search(check.text) for check in checks):
            return name
    return ""


def _is_emptied(inspection: Inspection, loss: LostTest, ran: Lines, gone: Sequence[Place]) -> bool:
    """Whether a function that a test names is still there, and only nothing is left of what the test ran of it."""
    topic = inspection.topics.get(loss.id)
    for one in topic.kept if topic is not None else ():
        lines = ran.get(one.path, frozenset()).intersection(_lines(one.source))
        if lines and all(Place(one.path, line) in gone for line in lines):
            return True
    return False


def _asserts_something_else(inspection: Inspection, loss: LostTest, ran: Lines, gone: Sequence[Place]) -> bool:
    """Whether a test asserts something of what is gone, and something of what is not, which nobody asserts now.

    Both are known to be what it is about by what it ran of them. Nor is a function gone that it names, and that no
    other test does.
    """
    topic = inspection.topics.get(loss.id)
    if topic is None:
        return False
    if any(not ran.get(one.path, frozenset()).isdisjoint(_lines(one.source)) for one in topic.alone):
        return True
    elsewhere = {check.digest for checks in inspection.head_checks.values() for check in checks}
    alive, dead = False, False
    for check, subject in zip(inspection.base_checks.get(loss.id, ()), topic.subjects, strict=False):
        if subject is None or ran.get(subject.path, frozenset()).isdisjoint(_lines(subject.source)):
            continue
        if _is_gone(inspection.production, subject, gone) or any(word in check.text for word in topic.passes):
            dead = True
        elif check.digest not in elsewhere:
            alive = True
    return alive and (dead or bool(topic.passes))


def _lines(source: FunctionSource) -> range:
    return range(source.line, source.end + 1)


def _is_gone(production: Production, one: Definition, gone: Sequence[Place] = ()) -> bool:
    """Whether a definition is nowhere at the head, or has lost some lines of it."""
    if one.source in production.gone.get(one.path, ()):
        return True
    return any(place.path == one.path and one.source.line <= place.line <= one.source.end for place in gone)


def _gone_data(production: Production, loss: LostTest) -> str:
    """The deleted file of production data that a test's parameters name, by its whole path; empty if there is none."""
    values = loss.base.item.params.values()
    for path in production.gone_files:
        whole = re.compile(rf"(?<![\w.-]){re.escape(path)}(?![\w.-])")
        if any(whole.search(value) for value in values):
            return path
    return ""


def _unique(inspection: Inspection, ran: Lines) -> set[Place]:
    production = inspection.production
    return {Place(path, line) for path, numbers in ran.items() for line in numbers if is_unique(production, path, line)}


def _gone_symbol(inspection: Inspection, loss: LostTest, ran: Lines) -> str:
    """The name of a deleted definition that the test names, and ran a part of; empty if there is none.

    A class or module without a line that runs in a test (an enumeration, say) can only be named.
    """
    names = inspection.mentions.get(loss.id, frozenset())
    for path, definitions in inspection.production.gone.items():
        for source in definitions:
            # A method's name alone says little: half of all tests call something named "get".
            is_named = names.issuperset(source.name.split("."))
            lines = ran.get(path, frozenset())
            is_run = any(source.line <= line <= source.end for line in lines)
            if not is_named or not (is_run or not ran or _asserts_nothing_but(inspection, loss, path, source)):
                continue
            if _is_deleted(inspection.production, path, source) or _is_replaced(inspection, loss, path, source):
                return f"{source.name} of {path}"
    return ""


def _asserts_nothing_but(inspection: Inspection, loss: LostTest, path: str, source: FunctionSource) -> bool:
    """Whether each assertion of a test names a deleted class: it expects the exception, say.

    The class is meant if it comes from its module, or from a package that has the module.
    """
    word = re.compile(rf"([\w.]+)\.{re.escape(source.name)}\b")
    module = f".{path.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}."
    checks = inspection.base_checks.get(loss.id, ())
    return bool(source.contents and checks) and all(
        any(f".{origin}." in module for origin in word.findall(check.text)) for check in checks
    )


def _is_deleted(production: Production, path: str, source: FunctionSource) -> bool:
    """Whether a definition went, and not its name alone: of its lines less than half are anywhere at the head."""
    lines = range(source.line, source.end + 1)
    return 2 * sum(production.fate(path, line) is not None for line in lines) < len(lines)


def _is_replaced(inspection: Inspection, loss: LostTest, path: str, source: FunctionSource) -> bool:
    """Whether another function stands in the place of one, and nothing is left of what the test called.

    Where half of its statements stand there as they did it was renamed, whatever it is called now.
    """
    topic, production = inspection.topics.get(loss.id), inspection.production
    if topic is None:
        return False
    lines = range(source.start or source.line, source.end + 1)
    kept = sum(isinstance(production.fate(path, line), Place) for line in lines)
    subjects = [one for one in topic.subjects if one is not None]
    is_about_it = bool(subjects) and len(subjects) == len(topic.subjects)
    is_about_it = is_about_it and all(_is_gone(production, one) for one in subjects)
    return 2 * kept < len(lines) and (is_about_it or (topic.bound is not None and not topic.bound))
