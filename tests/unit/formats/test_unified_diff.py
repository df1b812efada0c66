"""Unified diffs to lines, and back."""

from __future__ import annotations

import pytest

from testkeep.formats.unified_diff import as_python_counts, changed_lines, dumps


def _diff(*lines: bytes) -> bytes:
    return b"\n".join([*lines, b""])


_HEAD = (b"diff --git a/a.py b/a.py", b"index 1..2 100644", b"--- a/a.py", b"+++ b/a.py")


@pytest.mark.parametrize(
    ("diff", "changed"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(_diff(*_HEAD, b"@@ -3 +3 @@ def f():", b"-x", b"+y"), {"a.py": (3,)}, id="one line changed"),
        pytest.param(_diff(*_HEAD, b"@@ -3,0 +4,2 @@", b"+x", b"+y"), {"a.py": (4, 5)}, id="lines added"),
        pytest.param(_diff(*_HEAD, b"@@ -3,2 +2,0 @@", b"-x", b"-y"), {}, id="lines deleted"),
        pytest.param(
            _diff(*_HEAD, b"@@ -1 +1 @@", b"-x", b"+y", b"@@ -9,0 +10 @@", b"+z"), {"a.py": (1, 10)}, id="two hunks"
        ),
        pytest.param(
            _diff(*_HEAD, b"@@ -1,4 +1,5 @@", b" x", b"+y", b"", b"-w", b"+z", b" v"), {"a.py": (2, 4)}, id="context"
        ),
        pytest.param(
            _diff(*_HEAD, b"@@ -1 +1,2 @@", b"-x", b"\\ No newline at end of file", b"+x", b"+y"),
            {"a.py": (1, 2)},
            id="no newline at the end",
        ),
        pytest.param(
            _diff(*_HEAD, b"@@ -1 +1,3 @@", b"--- a/x", b"+++ b/other.py", b"+@@ -1 +7 @@", b"+\xff\x0c\r"),
            {"a.py": (1, 2, 3)},
            id="lines that look like a diff",
        ),
        pytest.param(
            _diff(b"diff --git a/o.py b/n.py", b"similarity index 90%", b"rename from o.py", b"rename to n.py",
                  b"--- a/o.py", b"+++ b/n.py", b"@@ -1 +1 @@", b"-x", b"+y"),
            {"n.py": (1,)},
            id="renamed and changed",
        ),
        pytest.param(
            _diff(b"diff --git a/o.py b/n.py", b"similarity index 100%", b"rename from o.py", b"rename to n.py"),
            {},
            id="only renamed",
        ),
        pytest.param(
            _diff(b"diff --git a/a.py b/a.py", b"deleted file mode 100644", b"--- a/a.py", b"+++ /dev/null",
                  b"@@ -1,2 +0,0 @@", b"-x", b"-y"),
            {},
            id="deleted",
        ),
        pytest.param(
            _diff(b"diff --git a/a.py b/a.py", b"new file mode 100644", b"--- /dev/null", b"+++ b/a.py",
                  b"@@ -0,0 +1,2 @@", b"+x", b"+y"),
            {"a.py": (1, 2)},
            id="new",
        ),
        pytest.param(
            _diff(b"diff --git a/i.png b/i.png", b"Binary files a/i.png and b/i.png differ", *_HEAD, b"@@ -1 +1 @@",
                  b"-x", b"+y"),
            {"a.py": (1,)},
            id="binary",
        ),
        pytest.param(
            _diff(*_HEAD, b"@@ -1 +1 @@", b"-x", b"+y", b"diff --git a/l b/l", b"old mode 100644"),
            {"a.py": (1,)},
            id="only the mode changed",
        ),
    ],
)  # fmt: skip
def test_changed_lines__a_diff__are_those_of_the_head(diff: bytes, changed: dict[str, tuple[int, ...]]) -> None:
    assert changed_lines(diff) == changed


@pytest.mark.parametrize(
    ("written", "path"),
    [
        pytest.param(b"b/a b/c.py\t", "a b/c.py", id="space"),
        pytest.param(rb'"b/gr\303\266\303\237e.py"', "größe.py", id="not ASCII"),
        pytest.param("b/größe.py".encode(), "größe.py", id="not ASCII and unquoted"),
        pytest.param(rb'"b/say \"hi\"\\n.py"', 'say "hi"\\n.py', id="quotes and backslash"),
        pytest.param(rb'"b/a\tb\nc\001.py"', "a\tb\nc\x01.py", id="controls"),
        pytest.param(rb'"b/\377.py"', "\udcff.py", id="not UTF-8"),
    ],
)
def test_changed_lines__a_name__is_decoded(written: bytes, path: str) -> None:
    diff = _diff(b"diff --git a/x b/x", b"--- a/x", b"+++ " + written, b"@@ -1 +1 @@", b"-x", b"+y")

    assert changed_lines(diff) == {path: (1,)}


@pytest.mark.parametrize(
    ("source", "lines", "counted"),
    [
        pytest.param(b"a\nb\nc\n", (1, 3), (1, 3), id="line feeds"),
        pytest.param(b"a\r\nb\r\nc\r\n", (1, 3), (1, 3), id="CRLF"),
        pytest.param(b"a\x0c\nb\x0b\nc\x1c\n", (2, 3), (2, 3), id="ends of lines to str.splitlines only"),
        pytest.param(b"a\rb\nc\n", (2,), (3,), id="carriage return above"),
        pytest.param(b"a\nb\rc\rd\ne\n", (2,), (2, 3, 4), id="carriage returns in the line"),
        pytest.param(b"a\r\r\nb\n", (1, 2), (1, 2, 3), id="carriage return before CRLF"),
        pytest.param(b"a\rb", (1,), (1, 2), id="no end"),
        pytest.param(b"", (1,), (1,), id="no source"),
    ],
)
def test_as_python_counts__lines__are_those_of_python(
    source: bytes, lines: tuple[int, ...], counted: tuple[int, ...]
) -> None:
    assert as_python_counts(lines, source) == counted


def test_dumps__runs_of_lines__are_hunks_of_empty_lines() -> None:
    assert dumps({"a b/ä.py": (1, 2, 5), "c.py": (7,)}) == (
        "diff --cc a b/ä.py\n@@ -0,0 +1,2 @@\n+\n+\n@@ -0,0 +5,1 @@\n+\ndiff --cc c.py\n@@ -0,0 +7,1 @@\n+\n"
    )


@pytest.mark.parametrize("path", ["a\nb.py", "a\rb.py", "\udcff.py"])
def test_dumps__a_name_that_no_line_can_hold__is_left_out(path: str) -> None:
    assert dumps({path: (1,), "b.py": ()}) == "diff --cc b.py\n"
