"""diff-cover, run as a program."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from testkeep.errors import EvidenceError, ToolError, UsageError
from testkeep.system.files import write_atomically
from testkeep.system.git import git_environment
from testkeep.system.process import call

_REPORTS = {"json": "diff-cover.json", "markdown": "diff-cover.md", "html": "diff-cover.html"}
# No module of the project stands in for one of ours, and what PYTHON... variables say is meant for the project. Where
# diff-cover lies comes last, for a kit that was found by such a variable itself.
_START = (
    sys.executable, "-I", "-X", "utf8", "-c",
    "import sys; sys.path.append(sys.argv.pop(1)); from diff_cover.diff_cover_tool import main; sys.exit(main())",
)  # fmt: skip
# For its reports diff-cover takes the whole text of each file apart, twice; that takes some 10 s for each megabyte.
_SHOWN_BYTES = 150_000


def write_diff_coverage(root: Path, out: Path, *, xml: bytes, diff: str, base: str, shown: Iterable[str] = ()) -> None:
    """Have diff-cover write ``diff-cover.json``, ``diff-cover.md`` and ``diff-cover.html`` to a folder.

    ``root`` is the repository's root, to which the paths in ``xml`` (a Cobertura report), ``diff`` and ``shown`` are
    relative; ``base`` names the commit that the diff is to. ``shown`` are the files of which the reports show the code
    around missing lines, the most important first: of what is beyond 150 kB in all they only list the lines, so that
    reports of large changes take seconds.

    diff-cover finds nothing but this where it is run: neither the project's configuration nor its modules.

    Raises:
        ToolError: diff-cover or git is not installed.
        EvidenceError: diff-cover fails.
        UsageError: the folder cannot be written.
    """
    import importlib.metadata  # only here: it takes longer to import than a start may last

    try:
        place = importlib.metadata.distribution("diff-cover").locate_file("")
    except importlib.metadata.PackageNotFoundError as error:
        raise ToolError("diff-cover is not installed", hint="pip install 'diff-cover>=9.3'") from error
    with tempfile.TemporaryDirectory(prefix="testkeep-diff-") as name:
        scratch, tree = Path(name), Path(name) / "tree"
        (scratch / "coverage.xml").write_bytes(xml)
        (scratch / "changes.diff").write_text(diff, encoding="utf-8", newline="")
        _link(root, tree, shown)
        # Relative names: diff-cover takes a comma in a report's name for its end.
        formats = ",".join(f"{kind}:../{file}" for kind, file in _REPORTS.items())
        _run("git", "init", "--quiet", "--template=", cwd=tree)
        _run(
            *_START, str(place), "../coverage.xml", "--diff-file", "../changes.diff", "--format", formats,
            "--compare-branch", base, cwd=tree,
        )  # fmt: skip
        reports = {file: (scratch / file).read_bytes() for file in _REPORTS.values()}
    try:
        for file, data in reports.items():
            write_atomically(out / file, data)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error


def _link(root: Path, tree: Path, shown: Iterable[str]) -> None:
    tree.mkdir()
    left = _SHOWN_BYTES
    for path in shown:
        source = root / path
        size = source.stat().st_size if source.is_file() else left + 1
        if size > left:
            continue
        left -= size
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).symlink_to(source)


def _run(*command: str, cwd: Path) -> None:
    done = call(command, cwd, git_environment())
    if done.exit_code:
        reason = done.stderr.rpartition("\n")[2] or f"exit code {done.exit_code}"
        raise EvidenceError(f"diff-cover failed: {reason}")
