"""``[tool.testkeep]`` of pyproject.toml, or the top of testkeep.toml, to a Policy."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
import types
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from testkeep.errors import PolicyError
from testkeep.model.duration import parse_duration
from testkeep.model.policy import Policy


def loads(text: str, source: str) -> Policy | None:
    """Read a policy.

    ``source`` is the file's name as the user knows it; of ``pyproject.toml`` only ``[tool.testkeep]`` is read. None
    means that the file has no policy.

    Raises:
        PolicyError: with every problem of the file, each naming the key's path.
    """
    table = _table(text, source)
    if table is None:
        return None
    problems = list(_unknown_keys(table, Policy, ""))
    if not problems:
        try:
            policy = msgspec.convert(table, Policy, strict=True)
        except msgspec.ValidationError as error:
            problems = [_readable(error)]
        else:
            problems = list(_impossible_values(policy))
            if not problems:
                return policy
    raise PolicyError(source, problems)


def digest(policy: Policy) -> str:
    """Name a policy by its content: two policies with equal digests demand the same."""
    return hashlib.sha256(msgspec.json.encode(policy, order="deterministic")).hexdigest()[:16]


def _table(text: str, source: str) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source, [f"not valid TOML: {error}"]) from error
    if not source.endswith("pyproject.toml"):
        return document
    tool = document.get("tool", {})
    table = tool.get("testkeep") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise PolicyError(source, ["tool.testkeep: expected a table"])
    return table


def _unknown_keys(value: object, expected: Any, path: str) -> Iterator[str]:
    """Walk a TOML value beside the type that it should have, and name each key that the type does not know."""
    for struct in _struct_types(expected):
        if isinstance(value, dict):
            yield from _unknown_in_table(value, struct, path)
        return
    match get_origin(expected), value:
        case (origin, dict()) if origin is dict:
            for key, inner in value.items():
                yield from _unknown_keys(inner, get_args(expected)[1], f"{path}{key}.")
        case (origin, list()) if origin is tuple:
            for index, inner in enumerate(value):
                yield from _unknown_keys(inner, get_args(expected)[0], f"{path.removesuffix('.')}[{index}].")


def _unknown_in_table(table: Mapping[str, Any], struct: type[msgspec.Struct], path: str) -> Iterator[str]:
    known = get_type_hints(struct)
    for key, inner in table.items():
        if key in known:
            yield from _unknown_keys(inner, known[key], f"{path}{key}.")
            continue
        nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        advice = f"did you mean {path}{nearest[0]}?" if nearest else f"known here: {', '.join(sorted(known))}"
        yield f"{path}{key}: unknown key; {advice}"


def _struct_types(expected: Any) -> list[type[msgspec.Struct]]:
    members = get_args(expected) if isinstance(expected, types.UnionType) else [expected]
    return [member for member in members if isinstance(member, type) and issubclass(member, msgspec.Struct)]


def _readable(error: msgspec.ValidationError) -> str:
    """Turn msgspec's "Expected `float`, got `str` - at `$.coverage.overall`" into path first, TOML's words."""
    message, _, path = str(error).partition(" - at ")
    path = path.strip("`").removeprefix("$").removeprefix(".") or "the policy"
    for python_word, toml_word in (("`str`", "a string"), ("`int`", "an integer"), ("`float`", "a number"),
                                   ("`bool`", "true or false"), ("`array`", "a list"), ("`object`", "a table"),
                                   ("`date`", "a date (2027-01-31)"), ("object ", "table ")):  # fmt: skip
        message = message.replace(python_word, toml_word).replace("Object", "Table")
    return f"{path}: {message[:1].lower()}{message[1:]}"


def _impossible_values(policy: Policy) -> Iterator[str]:
    coverage = policy.coverage
    percentages = {"coverage.overall": coverage.overall, "coverage.diff": coverage.diff}
    percentages |= {f"coverage.layers.{name}.minimum": layer.minimum for name, layer in coverage.layers.items()}
    for path, value in percentages.items():
        if not 0 <= value <= 100:
            yield f"{path}: expected a percentage from 0 to 100, found {value:g}"
    for name, layer in coverage.layers.items():
        if not layer.paths:
            yield f"coverage.layers.{name}.paths: expected at least one pattern"
    if not policy.stages:
        yield "stages: expected at least one stage"
    for stage in {stage for stage in policy.stages if policy.stages.count(stage) > 1}:
        yield f"stages: {stage} is named twice"
    durations = {"timeout": policy.timeout}
    durations |= {f"suites.budgets.{stage}": budget for stage, budget in policy.suites.budgets.items()}
    for path, text in durations.items():
        try:
            parse_duration(text)
        except ValueError as error:
            yield f"{path}: {error}"
