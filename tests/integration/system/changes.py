"""Changes of all kinds in real repositories, and what of their lines is executed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from repositories import GitProject, clean_environment
from testkeep.formats.cobertura import dumps
from testkeep.formats.coverage_json import loads
from testkeep.model.measured_paths import MeasuredPaths
from testkeep.system.coverage_data import combine, report

CODE = """\
def choose(a):
    if a:
        return 1
    return 2


choose(True)
"""
_RUN_ALL = "import runpy, sys\nfor path in sys.argv[1:]:\n    runpy.run_path(path)\n"
_SETTINGS = "[run]\nrelative_files = true\nbranch = true\nomit = */run_all.py\n"


@dataclass(frozen=True)
class Measured:
    """coverage.py's own report, the XML report that diff-cover gets, and the project's place in the repository."""

    json: bytes
    xml: bytes
    folder: str


def measure(project: GitProject, scratch: Path) -> Measured:
    """Run each file of a project under coverage.py."""
    scratch.mkdir()
    (scratch / "run_all.py").write_text(_RUN_ALL)
    (scratch / "settings").write_text(_SETTINGS)
    files = [str(path.relative_to(project.root)) for path in sorted(project.root.rglob("*.py"))]
    command = ["-m", "coverage", "run", f"--rcfile={scratch / 'settings'}", f"--data-file={scratch / 'data'}"]
    subprocess.run(
        [sys.executable, *command, str(scratch / "run_all.py"), *files],
        cwd=project.root,
        env=clean_environment(),
        check=True,
    )
    place = MeasuredPaths([str(project.root)], {}).place
    data = combine({"all": scratch / "data"}, place, [], scratch / "report")
    assert data is not None
    report(data, scratch / "settings", project.root, clean_environment(), ("json",))
    folder = project.root.relative_to(project.repository).as_posix()
    json = (scratch / "report" / "coverage.json").read_bytes()
    return Measured(json, dumps(loads(json), folder), folder)


@dataclass(frozen=True)
class Change:
    """Files of a project at the base, what is done to it then, and the (covered, missing) changed lines of each file.

    ``folder`` is the project's place in the repository, ``repository`` the name of that folder.
    """

    id: str
    before: Mapping[str, str]
    edit: Callable[[GitProject], object]
    expected: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    folder: str = ""
    repository: str = "repository"


def _edit(name: str, *, commit: bool = True) -> Callable[[GitProject], None]:
    """Change a line that is executed, and the next, which is not."""

    def edit(project: GitProject) -> None:
        path = project.root / name
        text = path.read_bytes()
        path.write_bytes(text.replace(b"return 1", b"return 10").replace(b"return 2", b"return 20"))
        if commit:
            project.commit()

    return edit


def _rename(old: str, new: str, *, changed: bool) -> Callable[[GitProject], None]:
    def edit(project: GitProject) -> None:
        project.git("mv", old, new)
        if changed:
            project.replace(new, "return 2", "return 20")
        project.commit()

    return edit


def _merge(project: GitProject) -> None:
    project.git("checkout", "--quiet", "-b", "side")
    project.replace("app/a.py", "return 1", "return 10")
    project.commit()
    project.git("checkout", "--quiet", "main")
    project.commit({"app/b.py": CODE.replace("return 2", "return 20")})
    project.git("merge", "--quiet", "--no-edit", "side")


def _stage_then_shift(project: GitProject) -> None:
    project.replace("a.py", "return 2", "return 20")
    project.git("add", "a.py")
    project.replace("a.py", "def choose", "import os\nimport sys\n\ndef choose")


def _replace_by_bytes(name: str, data: bytes) -> Callable[[GitProject], None]:
    def edit(project: GitProject) -> None:
        (project.root / name).write_bytes(data)
        project.commit()

    return edit


def _hostile(project: GitProject) -> None:
    _edit("app/a.py")(project)
    project.write({"app/new.py": CODE})
    for name, value in HOSTILE_SETTINGS.items():
        project.git("config", name, value)


HOSTILE_SETTINGS = {
    "color.ui": "always",
    "core.attributesFile": "/nowhere",
    "core.quotePath": "false",
    "diff.algorithm": "patience",
    "diff.colorMoved": "zebra",
    "diff.context": "9",
    "diff.external": "false",
    "diff.ignoreSubmodules": "none",
    "diff.indentHeuristic": "false",
    "diff.interHunkContext": "20",
    "diff.mnemonicPrefix": "true",
    "diff.noprefix": "true",
    "diff.orderFile": "/nowhere",
    "diff.python.command": "false",
    "diff.python.textconv": "false",
    "diff.relative": "true",
    "diff.renameLimit": "1",
    "diff.renames": "copies",
    "diff.submodule": "log",
    "diff.suppressBlankEmpty": "true",
    "diff.wsErrorHighlight": "all",
}
_BOTH = ((3,), (4,))
_ALL = ((1, 2, 3, 7), (4,))
_CR = "x = 1\ry = 2\n" + CODE
_LATIN = "# coding: latin-1\nx = 'é'\n" + CODE
_COMMENTED = CODE.replace("    return 2", "    # two\n    return 2")

CHANGES = (
    Change("new file", {}, lambda p: p.commit({"app/n.py": CODE}), {"app/n.py": _ALL}),
    Change("changed file", {"app/a.py": CODE}, _edit("app/a.py"), {"app/a.py": _BOTH}),
    Change("renamed file", {"a.py": CODE}, _rename("a.py", "b.py", changed=False), {}),
    Change("renamed and changed file", {"a.py": CODE}, _rename("a.py", "b.py", changed=True), {"b.py": ((), (4,))}),
    Change("deleted file", {"a.py": CODE, "b.py": ""}, lambda p: p.remove("a.py"), {}),
    Change("CRLF", {"a.py": CODE.replace("\n", "\r\n")}, _edit("a.py"), {"a.py": _BOTH}),
    Change("CRLF became LF", {"a.py": CODE.replace("\n", "\r\n")}, lambda p: p.commit({"a.py": CODE}), {}),
    Change("form feeds", {"a.py": "\x0c\nx = 1\n" + CODE}, _edit("a.py"), {"a.py": ((5,), (6,))}),
    Change("lone carriage return", {"a.py": _CR}, _edit("a.py"), {"a.py": ((5,), (6,))}),
    Change("new carriage return", {"a.py": CODE}, lambda p: p.commit({"a.py": _CR}), {"a.py": ((1, 2), ())}),
    Change(
        "no end of the last line", {"a.py": CODE[:-1]}, lambda p: p.commit({"a.py": CODE + "x = 1\n"}),
        {"a.py": ((8,), ())},
    ),
    Change(
        "text that is not UTF-8", {"a.py": "# coding: latin-1\n"}, _replace_by_bytes("a.py", _LATIN.encode("latin-1")),
        {"a.py": ((2, 3, 4, 5, 9), (6,))},
    ),
    Change("name not ASCII", {"app/größe.py": CODE}, _edit("app/größe.py"), {"app/größe.py": _BOTH}),
    Change("space in the name", {"a b/c d.py": CODE}, _edit("a b/c d.py"), {"a b/c d.py": _BOTH}),
    Change("quotes in the name", {'"a"/b "c.py': CODE}, _edit('"a"/b "c.py'), {'"a"/b "c.py': _BOTH}),
    Change("glob in the name", {"a*/[b].py": CODE}, _edit("a*/[b].py"), {"a*/[b].py": _BOTH}),
    Change(
        "merge in between", {"app/a.py": CODE, "app/b.py": CODE}, _merge,
        {"app/a.py": ((3,), ()), "app/b.py": ((), (4,))},
    ),
    Change("not staged", {"a.py": CODE}, _edit("a.py", commit=False), {"a.py": _BOTH}),
    Change("staged and changed again", {"a.py": CODE}, _stage_then_shift, {"a.py": ((1, 2), (7,))}),
    Change("staged new file", {}, lambda p: (p.write({"n.py": CODE}), p.git("add", "n.py")), {"n.py": _ALL}),
    Change("untracked file", {}, lambda p: p.write({"n w/é.py": CODE}), {"n w/é.py": _ALL}),
    Change("ignored file", {".gitignore": "n.py"}, lambda p: p.write({"n.py": CODE}), {}),
    Change("comments only", {"a.py": CODE}, lambda p: p.commit({"a.py": _COMMENTED}), {}),
    Change("binary by attribute", {"a.py": CODE, ".gitattributes": "* binary"}, _edit("a.py"), {"a.py": _BOTH}),
    Change(
        "not to be shown by attribute", {"a.py": CODE, ".gitattributes": "*.py -diff"}, _edit("a.py"), {"a.py": _BOTH}
    ),
    Change(
        "hostile configuration", {"app/a.py": CODE, ".gitattributes": "*.py diff=python"}, _hostile,
        {"app/a.py": _BOTH, "app/new.py": _ALL},
    ),
    Change(
        "diff-cover configured", {"a.py": CODE}, lambda p: (
            p.write({"pyproject.toml": '[tool.diff_cover]\nexclude = "*"\nfail_under = 101\n'}), _edit("a.py")(p)
        ),
        {"a.py": _BOTH},
    ),
    Change("src layout", {"src/shop/a.py": CODE}, _edit("src/shop/a.py"), {"src/shop/a.py": _BOTH}),
    Change(
        "project in a sub-folder", {"src/shop/a.py": CODE}, _edit("src/shop/a.py"),
        {"services/billing/src/shop/a.py": _BOTH}, folder="services/billing",
    ),
    Change(
        "same name in two folders", {"src/a.py": CODE, "lib/a.py": "x = 1\n\n\n\n\n"}, _edit("src/a.py"),
        {"src/a.py": _BOTH},
    ),
    Change(
        "repository with an odd path", {"a.py": CODE}, _edit("a.py"), {"a.py": _BOTH}, repository="größe, a: b/%s 'x'"
    ),
)  # fmt: skip


def make(change: Change, folder: Path) -> tuple[GitProject, str]:
    """Make a repository, and change it; returns the project and the base commit."""
    project = GitProject(folder / change.repository, change.folder)
    project.commit({"README.md": "x\n"})
    for name, text in change.before.items():
        path = project.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8", newline="")
    base = project.commit()
    change.edit(project)
    return project, base
