"""What the examples of a docstring show."""

from __future__ import annotations

import hashlib
import re


def examples_digest(docstring: str | None, name: str) -> str:
    """Digest the examples of a docstring whatever their object is called; empty if there are none that can be read.

    >>> examples_digest(">>> half(8)\\n4", "half") == examples_digest("Text.\\n\\n  >>> halve(8)\\n  4", "halve")
    True
    """
    if docstring is None or ">>>" not in docstring:
        return ""
    import doctest  # brings the debugger along, and few files have examples

    try:
        examples = doctest.DocTestParser().get_examples(docstring)
    except ValueError:
        return ""
    own = re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])") if name else None
    parts = [
        [own.sub("\0", text) if own else text for text in (one.source, one.want)] + [repr(sorted(one.options.items()))]
        for one in examples
    ]
    return hashlib.sha256(repr(parts).encode(errors="surrogatepass")).hexdigest()[:32] if parts else ""
