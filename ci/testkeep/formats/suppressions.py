"""The comments of a file that keep tools from complaining, and which of them a change brings."""

from __future__ import annotations

import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from testkeep.model.leniency import Suppression

_COVERAGE = r"pragma[:\s]?\s*no[ -]?(?:cover|branch)"
# Those that say too little of what they mean, and those that name it, or are about looks alone.
_BLUNT = re.compile(
    r"(?:ruff|flake8)\s*:\s*noqa.*|noqa(?!\s*:\s*[A-Z])|type\s*:\s*ignore(?!\s*\[)|pyright\s*:\s*(?:ignore(?!\s*\[)|basic|off)"
    r"|mypy\s*:\s*(?:ignore|disable|allow|follow|no[-_]).*|pylint\s*:\s*(?:disable\s*=\s*all|skip-file).*|nosec\b(?!\s*:?\s*B\d)|"
    + _COVERAGE,
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"pylint\s*:\s*disable.*"
    r"|noqa\s*:\s*[A-Z][A-Z0-9, ]*|(?:type|pyright)\s*:\s*ignore\s*\[[^\]]*\]|nosec\b.*|fmt\s*:\s*(?:off|skip)"
    r"|isort\s*:\s*(?:off|skip(?:_file)?|split)",
    re.IGNORECASE,
)
_OF_COVERAGE = re.compile(_COVERAGE, re.IGNORECASE)
_ANY = re.compile(f"#.*(?:{_BLUNT.pattern}|{_NAMED.pattern})", re.IGNORECASE)


def suppressions(text: str, *, is_production: bool) -> tuple[Suppression, ...]:
    """Find the comments that keep tools from complaining; those for coverage count in production code alone.

    >>> [(one.text, one.is_blunt) for one in suppressions("x = y  # noqa\\nz = 1  # noqa: E501\\n", is_production=True)]
    [('noqa', True), ('noqa: E501', False)]
    """
    return tuple(_found(text, is_production=is_production)) if _ANY.search(text) else ()


def _found(text: str, *, is_production: bool) -> Iterator[Suppression]:
    lines = text.split("\n")
    for number, comment in _comments(text):
        code = lines[number - 1].strip()
        for text, is_blunt in _parts(comment):
            if is_production or not _OF_COVERAGE.match(text):
                yield Suppression(number, text, code, is_blunt)


def _parts(comment: str) -> Iterator[tuple[str, bool]]:
    yield from ((match[0].strip(), True) for match in _BLUNT.finditer(comment))
    yield from ((match[0].strip(), False) for match in _NAMED.finditer(_BLUNT.sub("", comment)))


def _comments(text: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError):  # whoever imports the file says what is wrong
        return


def added(
    base: Mapping[str, Sequence[Suppression]], head: Mapping[str, Sequence[Suppression]]
) -> dict[str, tuple[Suppression, ...]]:
    """Find the comments that came, by file; one that moved with its line, or whose line was changed, was there.

    Files of the base have the names that they have at the head.
    """
    moved = Counter((one.text, one.code) for found in base.values() for one in found)
    left: dict[str, list[Suppression]] = {}
    for path, found in head.items():
        for one in found:
            if moved[one.text, one.code]:
                moved[one.text, one.code] -= 1
            else:
                left.setdefault(path, []).append(one)
    new: dict[str, tuple[Suppression, ...]] = {}
    for path, found in left.items():
        before = Counter(one.text for one in base.get(path, ()))
        before -= Counter(one.text for one in head[path] if one not in found)
        fresh = []
        for one in found:
            if before[one.text] > 0:
                before[one.text] -= 1
            else:
                fresh.append(one)
        new |= {path: tuple(fresh)} if fresh else {}
    return new
