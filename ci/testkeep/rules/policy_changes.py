"""Holds the head's policy against the base's: what a change loosens, and what is in force for it all the same.

A key is loosened if it demands less than before. Not of this kind are the formatter, the timeout, the workers, the
stages that run alone, the shards, the order of keys, and the file that the policy stands in. Other arguments of a
command that runs the same program are no loosening of the policy either: they are named, and are in force.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from testkeep.model.commands import arguments_given, is_loosened, program_of
from testkeep.model.coverage import layer_of
from testkeep.model.duration import parse_duration
from testkeep.model.layout import lies_in
from testkeep.model.policy import CoveragePolicy, Layer, Policy, Pyramid, SuitesPolicy, Waiver
from testkeep.model.stage import DEFAULT_STAGES, Stage

Table = TypeVar("Table", bound=msgspec.Struct)

WAIVERS = "waivers"
SOURCE = "source"
_STRICT_IF_TRUE = ("ratchet", "branch")
_MINIMA = ("overall", "diff")
_NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Loosening:
    """One key of the policy that demands less than at the base; ``old`` and ``new`` are values as TOML shows them."""

    key: str
    old: str
    new: str


def loosened(base: Policy, head: Policy) -> tuple[Loosening, ...]:
    """Find every key that the head loosens, in the order of the policy."""
    found: list[Loosening] = []
    if not _demanded(base) <= _demanded(head):
        found.append(_loosening("stages", base.stages or DEFAULT_STAGES, head.stages))
    if not set(base.python) <= set(head.python):
        found.append(_loosening("python", base.python, head.python))
    if not all(lies_in(entry, head.source) for entry in base.source):
        found.append(_loosening(SOURCE, base.source, head.source))
    for stage, commands in base.commands.items():
        if _missing(commands, head.commands.get(stage, ())):
            found.append(_loosening(_commands_key(stage), commands, head.commands.get(stage)))
    if base.existing == "block" != head.existing:
        found.append(_loosening("existing", base.existing, head.existing))
    if base.loosened_tools == "block" != head.loosened_tools:
        found.append(_loosening("loosened_tools", base.loosened_tools, head.loosened_tools))
    if not set(base.base_files) <= set(head.base_files):
        found.append(_loosening("base_files", base.base_files, head.base_files))
    if base.failures == "all" and head.failures == "new":
        found.append(_loosening("failures", base.failures, head.failures))
    found += _in_coverage(base.coverage, head.coverage)
    found += _in_layers(base.coverage.layers, head.coverage.layers)
    found += _in_suites(base.suites, head.suites)
    if base.waivers_from == "base":
        found += requested(base.waivers, head.waivers)
        if head.waivers_from == "head":
            found.append(_loosening("waivers_from", base.waivers_from, head.waivers_from))
    return tuple(found)


def _demanded(policy: Policy) -> set[tuple[Stage, bool]]:
    """The stages of a run, each twice where it is run although the project configures no tool for it."""
    return {(stage, False) for stage in policy.run_stages} | {
        (stage, True) for stage in policy.stages or () if stage.is_static
    }


def requested(base: Sequence[Waiver], head: Sequence[Waiver]) -> Iterator[Loosening]:
    """Find the waivers that the head adds, and those that are to last longer."""
    last_days = {_what(waiver): waiver.expires for waiver in sorted(base, key=lambda waiver: waiver.expires)}
    for waiver in head:
        last_day = last_days.get(_what(waiver))
        if last_day is None:
            yield Loosening(WAIVERS, _NOTHING, _shown_waiver(waiver))
        elif waiver.expires > last_day:
            yield Loosening(WAIVERS, f"until {last_day}", _shown_waiver(waiver))


def taken_from_layers(base: Policy, head: Policy, files: Iterable[str]) -> tuple[Loosening, ...]:
    """Find layers that lose files to others with a lower minimum, because the first layer that matches a file wins.

    Layers that are loosened themselves are not among them.
    """
    known = {loosening.key for loosening in _in_layers(base.coverage.layers, head.coverage.layers)}
    found: dict[str, Loosening] = {}
    for file in files:
        before, now = layer_of(file, base.coverage.layers), layer_of(file, head.coverage.layers)
        if before and now and _falls(base.coverage.layers[before].minimum, head.coverage.layers[now].minimum):
            key = _layer_key(before)
            found.setdefault(key, Loosening(key, f"{file} in layer {before}", f"{file} in layer {now}"))
    return tuple(loosening for key, loosening in found.items() if key not in known)


def honoured(base: Policy, head: Policy) -> tuple[Waiver, ...]:
    """The waivers that count: the base's; if the base says so, the head's, and those that only the base has."""
    if base.waivers_from == "base":
        return base.waivers
    own = {_what(waiver) for waiver in head.waivers}
    return (*head.waivers, *(waiver for waiver in base.waivers if _what(waiver) not in own))


def tightened(base: Policy, head: Policy, allowed: Collection[str] = ()) -> Policy:
    """Make the policy in force: the head's, with every loosened key put back to the base's value.

    So a change may tighten at once. ``allowed`` are the keys that a waiver at the base lets it loosen. The source stays
    the head's: its old folder may be gone. The base's layers come first, or a new one could take their files away;
    not so those that nobody wrote down.
    """
    keys = {loosening.key for loosening in loosened(base, head)} - set(allowed)
    coverage = _put_back(base.coverage, head.coverage, "coverage.", keys)
    suites = _put_back(base.suites, head.suites, "suites.", keys)
    layers, budgets = _chosen(base.coverage.layers), base.suites.budgets
    coverage = msgspec.structs.replace(
        coverage,
        layers={
            name: layers[name] if _layer_key(name) in keys else coverage.layers[name]
            for name in dict.fromkeys((*layers, *coverage.layers))
            if _layer_key(name) in keys or name in coverage.layers
        },
    )
    missing = {
        stage: _missing(commands, head.commands.get(stage, ()))
        for stage, commands in base.commands.items()
        if _commands_key(stage) in keys
    }
    put_back = {stage: longest for stage, longest in budgets.items() if _budget_key(stage) in keys}
    return msgspec.structs.replace(
        _put_back(base, head, "", keys - {SOURCE, WAIVERS}),
        coverage=coverage,
        commands=head.commands
        | {stage: (*head.commands.get(stage, ()), *commands) for stage, commands in missing.items()},
        suites=msgspec.structs.replace(suites, budgets=suites.budgets | put_back),
        waivers=honoured(base, head),
    )


def given_back(policy: Policy, keys: Collection[str]) -> Policy:
    """The same policy, in which some keys have their defaults, and layers of these names are gone."""
    layers = {name: layer for name, layer in policy.coverage.layers.items() if _layer_key(name) not in keys}
    plain = Policy(source=policy.source)
    return msgspec.structs.replace(
        _put_back(plain, policy, "", keys),
        coverage=msgspec.structs.replace(_put_back(plain.coverage, policy.coverage, "coverage.", keys), layers=layers),
        suites=_put_back(plain.suites, policy.suites, "suites.", keys),
    )


def _missing(commands: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """The commands whose programs the others do not start: with which arguments is the program's own configuration."""
    programs = {program_of(command) for command in others}
    return tuple(command for command in commands if program_of(command) not in programs)


def loosened_arguments(base: Policy, head: Policy) -> Iterator[Loosening]:
    """Find the programs that the head's commands start as the base's do, with arguments that demand less."""
    for stage, commands in base.commands.items():
        others = head.commands.get(stage, ())
        gone, came = _without(commands, others), _without(others, commands)
        for program in dict.fromkeys(map(program_of, gone)):
            old, new = ([one for one in side if program_of(one) == program] for side in (gone, came))
            is_run = any(program_of(one) == program for one in others)
            given = [tuple(word for one in side for word in arguments_given(one)) for side in (old, new)]
            if is_run and is_loosened(*given):
                yield _loosening(_commands_key(stage), tuple(old), tuple(new))


def _without(commands: Sequence[str], others: Sequence[str]) -> list[str]:
    return [command for command in commands if command not in others]


def _in_coverage(base: CoveragePolicy, head: CoveragePolicy) -> Iterator[Loosening]:
    for name in _MINIMA:
        if _falls(getattr(base, name), getattr(head, name)):
            yield _loosening(f"coverage.{name}", getattr(base, name), getattr(head, name))
    for name in _STRICT_IF_TRUE:
        if getattr(base, name) and not getattr(head, name):
            yield _loosening(f"coverage.{name}", getattr(base, name), getattr(head, name))
    if head.slack_percent > base.slack_percent:
        yield _loosening("coverage.slack_percent", base.slack_percent, head.slack_percent)
    if not set(head.omit) <= set(base.omit):
        yield _loosening("coverage.omit", base.omit, head.omit)
    if not set(base.include) <= set(head.include):
        yield _loosening("coverage.include", base.include, head.include)


def _in_layers(base: dict[str, Layer], head: dict[str, Layer]) -> Iterator[Loosening]:
    for name, layer in _chosen(base).items():
        now = head.get(name)
        if now is None or _falls(layer.minimum, now.minimum) or not set(layer.paths) <= set(now.paths):
            yield _loosening(_layer_key(name), layer, now)


def _chosen(layers: dict[str, Layer]) -> dict[str, Layer]:
    """The layers that somebody wrote down: the others demand nothing."""
    return {name: layer for name, layer in layers.items() if layer.minimum is not None}


def _falls(before: float | None, now: float | None) -> bool:
    """Whether a minimum demands less than before. None is one that nobody has chosen: it demands nothing."""
    return before is not None and (now is None or now < before)


def _in_suites(base: SuitesPolicy, head: SuitesPolicy) -> Iterator[Loosening]:
    if not set(head.leave_out) <= set(base.leave_out):
        yield _loosening("suites.leave_out", base.leave_out, head.leave_out)
    if base.pyramid is not None and (head.pyramid is None or _is_lower(base.pyramid, head.pyramid)):
        yield _loosening("suites.pyramid", base.pyramid, head.pyramid)
    for stage, longest in base.budgets.items():
        now = head.budgets.get(stage)
        if now is None or parse_duration(now) > parse_duration(longest):
            yield _loosening(_budget_key(stage), longest, now)


def _is_lower(base: Pyramid, head: Pyramid) -> bool:
    shares = zip((base.unit, base.integration, base.e2e), (head.unit, head.integration, head.e2e), strict=True)
    return head.tolerance > base.tolerance or any(now < before for before, now in shares)


def _put_back(base: Table, head: Table, prefix: str, keys: Collection[str]) -> Table:
    names = [field.name for field in msgspec.structs.fields(type(base)) if f"{prefix}{field.name}" in keys]
    return msgspec.structs.replace(head, **{name: getattr(base, name) for name in names})


def _layer_key(name: str) -> str:
    return f"coverage.layers.{name}"


def _commands_key(stage: str) -> str:
    return f"commands.{stage}"


def _budget_key(stage: Stage) -> str:
    return f"suites.budgets.{stage}"


def _what(waiver: Waiver) -> tuple[str, str]:
    return waiver.test, waiver.rule


def _loosening(key: str, old: object, new: object) -> Loosening:
    return Loosening(key, _shown(old), _shown(new))


def _shown_waiver(waiver: Waiver) -> str:
    reason, owner = json.dumps(waiver.reason, ensure_ascii=False), waiver.owner
    return f"{waiver.rule} for {waiver.test} until {waiver.expires} ({reason}, {owner})"


def _shown(value: object) -> str:
    match value:
        case None:
            return _NOTHING
        case bool():
            return "true" if value else "false"
        case float():
            return str(value).removesuffix(".0")
        case str():
            return json.dumps(str(value), ensure_ascii=False)
        case msgspec.Struct():
            named = ((name, getattr(value, name)) for name in value.__struct_fields__)
            return f"{{ {', '.join(f'{name} = {_shown(inner)}' for name, inner in named)} }}"
        case tuple():
            return f"[{', '.join(map(_shown, value))}]"
        case _:
            return str(value)
