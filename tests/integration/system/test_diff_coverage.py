"""The coverage of real changes, and diff-cover's reports of it, which must say the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from integration.system.changes import CHANGES, CODE, Change, Measured, make, measure
from repositories import GitProject
from testkeep.errors import BaselineError, EvidenceError, ToolError, UsageError
from testkeep.formats import coverage_json, unified_diff
from testkeep.model import diff_coverage
from testkeep.model.coverage import Ratio
from testkeep.model.diff_coverage import ChangedFile, DiffCoverage
from testkeep.pipeline.changed_lines import changed_lines
from testkeep.system.diff_coverage import write_diff_coverage
from testkeep.system.git import Repository

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow


def cover_changes(
    repository: Repository, base: str, measured: Measured, out: Path, *, include_untracked: bool = True
) -> DiffCoverage:
    """Cover changes as the kit does, and see that diff-cover says the same of them."""
    changed = changed_lines(repository, base, include_untracked=include_untracked)
    ours = diff_coverage.cover_changes(coverage_json.loads(measured.json), measured.folder, changed)
    if ours.files:
        text = unified_diff.dumps({path: changed[path] for path in ours.files})
        shown = ours.most_missing()
        write_diff_coverage(repository.root, out, xml=measured.xml, diff=text, base=base, shown=shown)
        files = json.loads((out / "diff-cover.json").read_bytes())["src_stats"]
        theirs = {path: (tuple(one["covered_lines"]), tuple(one["violation_lines"])) for path, one in files.items()}
        assert _lines(ours) == theirs
    return ours


def _lines(coverage: DiffCoverage) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    return {path: (file.covered, file.missing) for path, file in coverage.files.items()}


def _named(name: str) -> Change:
    (found,) = [change for change in CHANGES if change.id == name]
    return found


def _by_coverage(measured: Measured, project: GitProject, base: str) -> dict[str, tuple[tuple[int, ...], ...]]:
    """What coverage.py itself says of the changed lines."""
    folder = project.root.relative_to(project.repository)
    changed = changed_lines(Repository(project.repository), base, include_untracked=True)
    files = {(folder / name).as_posix(): file for name, file in json.loads(measured.json)["files"].items()}
    found = {
        path: tuple(
            tuple(line for line in files[path][kind] if line in lines) for kind in ("executed_lines", "missing_lines")
        )
        for path, lines in changed.items()
        if path in files
    }
    return {path: lines for path, lines in found.items() if any(lines)}


@pytest.mark.parametrize("change", [pytest.param(change, id=change.id) for change in CHANGES])
def test_cover_changes__a_change__has_the_lines_that_coverage_measured(change: Change, tmp_path: Path) -> None:
    project, base = make(change, tmp_path)
    measured = measure(project, tmp_path / "measured")

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    assert _lines(covered) == change.expected
    assert _by_coverage(measured, project, base) == change.expected


@pytest.fixture
def changed(tmp_path: Path) -> tuple[GitProject, str]:
    """A project with a changed file."""
    return make(_named("changed file"), tmp_path)


@pytest.fixture
def measured(changed: tuple[GitProject, str], tmp_path: Path) -> Measured:
    """The measured lines of the changed project."""
    return measure(changed[0], tmp_path / "measured")


def test_cover_changes__untracked_files_not_asked_for__do_not_count(tmp_path: Path) -> None:
    project, base = make(_named("untracked file"), tmp_path)
    measured = measure(project, tmp_path / "measured")

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out", include_untracked=False)

    assert covered == DiffCoverage(files={})


def test_cover_changes__nothing_that_can_be_covered__is_not_wholly_covered(tmp_path: Path) -> None:
    project, base = make(_named("comments only"), tmp_path)
    measured = measure(project, tmp_path / "measured")

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    assert covered.ratio == Ratio(0, 0)


def test_cover_changes__a_branch_never_taken_on_a_changed_line__is_listed(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    base = project.commit({"a.py": CODE})
    project.replace("a.py", "if a:", "if a is True:")
    measured = measure(project, tmp_path / "measured")

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    assert covered == DiffCoverage(files={"a.py": ChangedFile(covered=(2,), partial={2: ("4",)})})


def test_cover_changes__a_base_that_is_no_ancestor__is_compared_with_itself(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    first = project.commit({"a.py": CODE, "b.py": CODE})
    base = project.commit({"b.py": CODE.replace("return 2", "return 20")})
    project.git("checkout", "--quiet", "-b", "side", first)
    project.commit({"a.py": CODE.replace("return 1", "return 10")})
    measured = measure(project, tmp_path / "measured")

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    assert _lines(covered) == {"a.py": ((3,), ()), "b.py": ((), (4,))}


def test_cover_changes__a_report_of_another_state__has_only_lines_that_it_measured(
    changed: tuple[GitProject, str], measured: Measured, tmp_path: Path
) -> None:
    project, base = changed
    project.write({"app/a.py": "x = 1\n"})

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    assert _lines(covered) == {"app/a.py": ((1,), ())}


def test_cover_changes__a_folder_with_an_odd_name__holds_diff_covers_reports(
    changed: tuple[GitProject, str], measured: Measured, tmp_path: Path
) -> None:
    project, base = changed
    out = tmp_path / "größe, json:x" / "a b"

    cover_changes(Repository(project.repository), base, measured, out)

    reports = {path.name: path.read_text() for path in out.iterdir()}
    assert sorted(reports) == ["diff-cover.html", "diff-cover.json", "diff-cover.md"]
    assert json.loads(reports["diff-cover.json"])["diff_name"].startswith(base)
    assert "! 4     return 20" in reports["diff-cover.md"]
    assert '<span class="mi">20</span>' in reports["diff-cover.html"]
    assert str(tmp_path) not in "".join(reports.values())


def test_cover_changes__a_file_too_large_to_show__has_its_lines_listed_only(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    base = project.commit({"small.py": "", "large.py": ""})
    code = CODE.replace("return 2", "return 2 + 2")
    project.write({"small.py": code, "large.py": f"{code}# {'large' * 40_000}\n"})
    measured = measure(project, tmp_path / "measured")

    cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    page, summary = ((tmp_path / "out" / f"diff-cover.{kind}").read_text() for kind in ("html", "md"))
    assert "largelarge" not in page + summary
    assert "! 4     return 2 + 2" in summary
    assert summary.count("Missing lines 4") == 2


def test_cover_changes__a_folder_that_cannot_be_written__is_a_usage_error(
    changed: tuple[GitProject, str], measured: Measured, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match="cannot be written"):
        cover_changes(Repository(changed[0].repository), changed[1], measured, tmp_path / "file" / "out")


def test_cover_changes__a_project_that_shadows_modules__has_no_say(
    changed: tuple[GitProject, str], measured: Measured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, base = changed
    project.write(dict.fromkeys(("diff_cover.py", "json.py", "sitecustomize.py", "jinja2.py"), "raise SystemExit(9)"))
    monkeypatch.setenv("PYTHONPATH", str(project.root))
    monkeypatch.setenv("PYTHONSTARTUP", str(project.root / "json.py"))
    monkeypatch.chdir(project.root)

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    assert _lines(covered) == {"app/a.py": ((3,), (4,))}


def test_cover_changes__inside_a_git_hook__is_not_misled_by_its_variables(
    changed: tuple[GitProject, str], measured: Measured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, base = changed
    for name in ("GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_DIFF_OPTS", "--unified=9")

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    assert _lines(covered) == {"app/a.py": ((3,), (4,))}


def test_cover_changes__a_base_that_is_not_there__says_what_to_do(
    changed: tuple[GitProject, str], measured: Measured, tmp_path: Path
) -> None:
    with pytest.raises(BaselineError) as caught:
        cover_changes(Repository(changed[0].repository), "f" * 40, measured, tmp_path / "out")

    assert "no such commit here" in caught.value.message
    assert "git fetch" in caught.value.hint


def test_cover_changes__nothing_measured_was_changed__is_not_applicable_and_leaves_no_report(
    changed: tuple[GitProject, str], measured: Measured, tmp_path: Path
) -> None:
    project, _ = changed
    base = project.commit()
    project.commit({"notes.py": "text = 1\n"})

    covered = cover_changes(Repository(project.repository), base, measured, tmp_path / "out")

    assert covered == DiffCoverage(files={})
    assert not (tmp_path / "out").exists()


def test_write_diff_coverage__diff_cover_fails__says_why_in_one_line(
    changed: tuple[GitProject, str], tmp_path: Path
) -> None:
    with pytest.raises(EvidenceError) as caught:
        write_diff_coverage(changed[0].repository, tmp_path / "out", xml=b"<coverage>", diff="", base="HEAD")

    assert caught.value.message == (
        "diff-cover failed: xml.etree.ElementTree.ParseError: no element found: line 1, column 10"
    )
    assert not (tmp_path / "out").exists()


def test_write_diff_coverage__diff_cover_is_not_installed__is_a_tool_error(
    changed: tuple[GitProject, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [entry for entry in sys.path if not (Path(entry) / "diff_cover").is_dir()])

    with pytest.raises(ToolError, match="diff-cover is not installed"):
        write_diff_coverage(changed[0].repository, tmp_path / "out", xml=b"<coverage/>", diff="", base="HEAD")
