"""Evidence and verdicts as versioned JSON."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import msgspec

from testkeep.errors import EvidenceError
from testkeep.formats.text_json import encode
from testkeep.formats.unreadable import UNREADABLE
from testkeep.model.assertion_site import AssertionSite
from testkeep.model.evidence import EVIDENCE_SCHEMA, Evidence, Suite
from testkeep.model.verdict import VERDICT_SCHEMA, Verdict


class _Header(msgspec.Struct):
    schema: str


class _Timed(msgspec.Struct):
    duration_s: float


def dumps(evidence: Evidence) -> bytes:
    """Write one job's record."""
    return encode(evidence)


# A run reads its own records several times, and those of the base: the largest part of what it does beside the tests.
@functools.lru_cache(maxsize=32)
def loads(data: bytes, source: str) -> Evidence:
    """Read one job's record; what was read before is given again.

    Raises:
        EvidenceError: the record is truncated, of a schema that this version does not know, or breaks its schema.
    """
    try:
        schema = msgspec.json.decode(data, type=_Header).schema
        if schema != EVIDENCE_SCHEMA:
            raise EvidenceError(
                f"{source}: expected the schema {EVIDENCE_SCHEMA}, found {schema}",
                hint="Make the evidence again with this version of testkeep.",
            )
        evidence = msgspec.json.decode(data, type=Evidence)
        if evidence.suite is not None:
            _check_sites(evidence.suite)
        return evidence
    except UNREADABLE as error:
        raise EvidenceError(f"{source}: not a complete evidence record: {error}", hint="Run the job again.") from error


def _check_sites(suite: Suite) -> None:
    """Raise ValueError unless each assertion that a test refers to is there, and can be read."""
    for text in suite.sites:
        AssertionSite.of(text)
    known = range(len(suite.sites))
    each = [(*test.execution.held, *test.execution.failed) for test in suite.tests if test.execution is not None]
    each += [(*one.held, *one.failed) for one in suite.shared]
    if any(number not in known for numbers in each for number in numbers):
        raise ValueError("the site of an assertion is not there")


def duration_in(data: bytes, source: str) -> float:
    """Read how long a job took, in seconds, without reading the rest of its record.

    Raises:
        EvidenceError: it is no record.
    """
    try:
        return msgspec.json.decode(data, type=_Timed).duration_s
    except UNREADABLE as error:
        raise EvidenceError(f"{source}: not a complete evidence record: {error}", hint="Run the job again.") from error


def dumps_verdict(verdict: Verdict) -> bytes:
    """Write ``verdict.json``, indented for people who open it."""
    return msgspec.json.format(encode(verdict), indent=2) + b"\n"


def loads_verdict(data: bytes, source: str) -> Verdict:
    """Read ``verdict.json``.

    Raises:
        EvidenceError: it is truncated, of a schema that this version does not know, or breaks its schema.
    """
    try:
        schema = msgspec.json.decode(data, type=_Header).schema
        if schema != VERDICT_SCHEMA:
            raise EvidenceError(f"{source}: expected the schema {VERDICT_SCHEMA}, found {schema}")
        return msgspec.json.decode(data, type=Verdict)
    except UNREADABLE as error:
        raise EvidenceError(f"{source}: not a complete verdict: {error}") from error


def verdict_json_schema() -> bytes:
    """Make the JSON Schema of ``verdict.json`` from the types; a copy ships as package data."""
    schema = _clean(msgspec.json.schema(Verdict))
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = VERDICT_SCHEMA
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


def _clean(schema: Any) -> Any:
    """Take the indentation out of the descriptions: from Python 3.13 on, docstrings have none."""
    match schema:
        case dict():
            cleaned = {key: _clean(value) for key, value in schema.items()}
            text = cleaned.get("description")
            return cleaned | ({"description": inspect.cleandoc(text)} if isinstance(text, str) else {})
        case list():
            return [_clean(value) for value in schema]
        case _:
            return schema
