"""The kit's numbers are coverage.py's own, to the digit: shown on three real projects with the built wheel.

They differ in what matters here: an asynchronous service whose lines are run under greenlets, and two libraries that
measure branches, one of them tested as an installed copy of its src folder.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from repositories import clean_environment
from testkeep.model.coverage_summary import CoverageSummary
from testkeep.model.verdict import Verdict

# Too long for every run of the pipeline: .ci/run runs it by itself.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STAGES = ("unit", "integration", "migration", "concurrency")
FLAT, SRC = "sqlparse==0.6.1", "jinja2==3.1.6"
TESTS_NEED = ("pip", "pytest", "trio")
EXAMPLE_NEEDS = ("aiosqlite", "alembic", "fastapi", "httpx", "pytest-asyncio", "sqlalchemy[asyncio]", "uvicorn")
# It is there for the example, and warns where a project, whose warnings are errors, says nothing of it.
NO_ASYNCIO = ("-p", "no:asyncio")
_ROW = re.compile(r"^(\S+) +(\d+) +(\d+)(?: +(\d+) +(\d+))? +([\d.]+)%", re.MULTILINE)


def call(cwd: Path, *argv: str | Path, accepted: tuple[int, ...] = (0,)) -> str:
    env = clean_environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="")
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode in accepted, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Row:
    """A row of ``coverage report``; without branches there are none of them."""

    statements: int
    missing: int
    branches: int
    partial: int
    percent: str


@dataclass(frozen=True)
class Measured:
    """A project's folder in its repository, what the kit says of it, and what coverage.py says of the same data."""

    root: Path
    folder: str
    verdict: Verdict
    summary: CoverageSummary
    rows: Mapping[str, Row]
    total: str


def report(root: Path, bin_folder: Path, *arguments: str) -> dict[str, Row]:
    text = call(root, bin_folder / "coverage", "report", "--precision=2", "--no-skip-covered", *arguments)
    return {
        name: Row(int(statements), int(missing), int(branches or 0), int(partial or 0), percent)
        for name, statements, missing, branches, partial, percent in _ROW.findall(text)
    }


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel, and what the tests of all three projects need."""
    uv = shutil.which("uv") or shutil.which("uv", path=sysconfig.get_path("scripts"))
    if uv is None:
        pytest.skip("uv is not installed")
    folder = tmp_path_factory.mktemp("environment")
    call(ROOT, uv, "build", "--quiet", "--wheel", "--out-dir", folder / "dist", ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    call(ROOT, uv, "venv", "--quiet", "--python", sys.executable, folder / "venv")
    call(
        ROOT, uv, "pip", "install", "--quiet", "--python", folder / "venv",
        wheel, *TESTS_NEED, *EXAMPLE_NEEDS, SRC,
    )  # fmt: skip
    return folder / "venv" / "bin"


def make_repository(repository: Path) -> None:
    person = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"]
    (repository / ".git" / "info").mkdir(parents=True)
    call(repository, "git", "init", "--quiet", "--initial-branch=main")
    (repository / ".git" / "info" / "exclude").write_text("__pycache__/\n.pytest_cache/\n.coverage*\n")
    call(repository, "git", "add", "--all")
    call(repository, "git", *person, "commit", "--quiet", "--message", "as it was published")


def unpack(bin_folder: Path, requirement: str, repository: Path) -> None:
    """Download the sources of a release, and make them a repository."""
    scratch = repository.parent / "download"
    scratch.mkdir(parents=True)
    call(
        scratch, bin_folder / "python", "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--no-binary", ":all:", requirement,
    )  # fmt: skip
    (sdist,) = scratch.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(scratch / "unpacked", filter="data")
    (unpacked,) = (scratch / "unpacked").iterdir()
    unpacked.rename(repository)
    make_repository(repository)


def measure(bin_folder: Path, repository: Path, *pytest_arguments: str, folder: str = "") -> Measured:
    """Run the tests with the kit, and have coverage.py report on the data that it leaves."""
    root, out = repository / folder, repository.parent / "the report"
    run = ("run", *STAGES, "--base", "none", "--report", out, "--", *pytest_arguments)
    call(root, bin_folder / "testkeep", *run, accepted=(0, 1))  # its thresholds are not those of these projects
    asked = call(root, bin_folder / "testkeep", "coverage", "--json", "--base", "none")
    same = (f"--rcfile={out / 'coverage.measuring.toml'}", f"--data-file={out / 'combined.coverage'}")
    return Measured(
        root=root,
        folder=folder,
        verdict=msgspec.json.decode((out / "verdict.json").read_bytes(), type=Verdict),
        summary=msgspec.json.decode(asked, type=CoverageSummary),
        rows=report(root, bin_folder, *same),
        total=call(root, bin_folder / "coverage", "report", "--precision=2", "--format=total", *same).strip(),
    )


@pytest.fixture(scope="module")
def service(bin_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """The example: asynchronous SQLAlchemy, all kinds of test; in a folder of a repository."""
    repository = tmp_path_factory.mktemp("service") / "several services"
    shutil.copytree(ROOT / "examples" / "backend", repository / "services" / "back end", ignore=_left_over)
    make_repository(repository)
    return measure(bin_folder, repository, folder="services/back end")


@pytest.fixture(scope="module")
def flat(bin_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A package beside its tests."""
    repository = tmp_path_factory.mktemp("flat") / "renamed folder"
    unpack(bin_folder, FLAT, repository)
    return measure(bin_folder, repository)


@pytest.fixture(scope="module")
def src(bin_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A package in a src folder, whose tests run an installed copy of it."""
    repository = tmp_path_factory.mktemp("src") / "another folder"
    unpack(bin_folder, SRC, repository)
    return measure(bin_folder, repository, *NO_ASYNCIO)


def _left_over(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name.startswith(".") or name == "__pycache__"}


def nearest(covered: int, total: int) -> str:
    """Percent as coverage.py shows them: rounded to the nearest, but to 0 and 100 only what is exactly that."""
    exact = Fraction(100 * covered, total) if total else Fraction(100)
    if 0 < exact < Fraction(1, 100):
        return "0.01"
    if Fraction(9999, 100) < exact < 100:
        return "99.99"
    return f"{float(exact):.2f}"


@pytest.mark.parametrize(
    ("project", "files", "branch"),
    [
        pytest.param("service", 20, False, id="asynchronous service, lines"),
        pytest.param("flat", 10, True, id="flat library, branches"),
        pytest.param("src", 20, True, id="library in a src folder, branches"),
    ],
)
def test_numbers__real_project__are_those_of_coverage_report_on_the_same_data(
    request: pytest.FixtureRequest, project: str, files: int, branch: bool
) -> None:
    measured: Measured = request.getfixturevalue(project)
    summary, total = measured.summary, measured.rows["TOTAL"]
    rows = {name: row for name, row in measured.rows.items() if name != "TOTAL"}
    prefix = f"{measured.folder}/" if measured.folder else ""

    assert {stage.status for stage in measured.verdict.stages} <= {"passed", "skipped"}
    assert (len(rows) >= files, summary.branch) == (True, branch)
    assert summary.files.keys() == {f"{prefix}{name}" for name in rows}
    # Fewer than 10,000 lines and branches: two digits of the percentage tell how many of them were run.
    assert summary.overall.total < 10_000
    for name, row in rows.items():
        file = summary.files[f"{prefix}{name}"]
        assert (file.total, nearest(file.covered, file.total)) == (row.statements + row.branches, row.percent), name
        assert branch or file.covered == row.statements - row.missing, name
    overall = summary.overall
    assert (overall.total, nearest(overall.covered, overall.total)) == (
        total.statements + total.branches,
        total.percent,
    )
    assert branch or overall.covered == total.statements - total.missing
    assert (overall.covered, overall.total) == (
        sum(file.covered for file in summary.files.values()),
        sum(file.total for file in summary.files.values()),
    )
    assert measured.total == total.percent
    assert measured.verdict.coverage.overall_percent == overall.percent


@pytest.mark.parametrize("project", ["service", "flat", "src"])
def test_numbers__real_project__are_never_more_than_what_was_run(request: pytest.FixtureRequest, project: str) -> None:
    measured: Measured = request.getfixturevalue(project)
    shares = [measured.summary.overall, *measured.summary.layers.values(), *measured.summary.files.values()]

    for share in (one for one in shares if one.total):
        exact = Fraction(100 * share.covered, share.total)
        assert 0 <= exact - Fraction(str(share.percent)) < Fraction(1, 100)


def test_numbers__plain_pytest_cov_without_the_kit__finds_the_same(bin_folder: Path, flat: Measured) -> None:
    call(
        flat.root, bin_folder / "python", "-m", "pytest", "--quiet", "-p", "no:testkeep", "--cov=sqlparse",
        "--cov-report=",
    )  # fmt: skip

    plain = report(flat.root, bin_folder, "--include=sqlparse/*")

    assert plain == flat.rows
