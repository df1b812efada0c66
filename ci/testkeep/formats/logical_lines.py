"""Python's logical lines: statements, or their headers, that take several lines of a file."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator, Sequence
from itertools import chain

_NO_CODE = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING})


def with_first_lines(lines: Sequence[int], source: bytes) -> tuple[int, ...]:
    """Add to some lines of a file the first line of each logical line that they are in; ascending, each once.

    Where the source is not Python, there is nothing to add.
    """
    if not lines:
        return ()
    wanted = set(lines)
    first = (begin for begin, end in _spans(source) if not wanted.isdisjoint(range(begin + 1, end + 1)))
    return tuple(sorted(set(chain(wanted, first))))


def _spans(source: bytes) -> Iterator[tuple[int, int]]:
    """The first and the last line of each logical line that has several."""
    begin = 0
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.NEWLINE:
                if begin and token.start[0] > begin:
                    yield begin, token.start[0]
                begin = 0
            elif not begin and token.type not in _NO_CODE:
                begin = token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return
