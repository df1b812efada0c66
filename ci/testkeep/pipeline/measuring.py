"""Has coverage.py measure the production code, and brings together what the jobs of a commit measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec
from packaging.version import Version

from testkeep.formats import coverage_config, coverage_json
from testkeep.formats.coverage_core import CoreChoice, Interpreter, choose_core
from testkeep.formats.coverage_leniency import is_true
from testkeep.formats.docstrings import docstring_lines
from testkeep.model.counting import measured_folders, no_neighbours, omitted, production_files
from testkeep.model.coverage import Coverage, FileCoverage
from testkeep.model.layout import lies_in
from testkeep.model.measured_paths import MeasuredPaths
from testkeep.pipeline.context import Project
from testkeep.pipeline.environments import test_environment
from testkeep.pipeline.users_coverage import config_in_force
from testkeep.system import coverage_data, interpreter
from testkeep.system.evidence_folder import EvidenceFolder
from testkeep.system.files import not_written
from testkeep.system.greenlets import may_switch

PYTEST_CONFIG_FILES = (
    "pytest.ini",
    ".pytest.ini",
    "pytest.toml",
    ".pytest.toml",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)
# What says nothing that the gate does not say better, and would be an error under "-W error".
_SILENCED = (
    "no-data-collected",
    "module-not-imported",
    "module-not-measured",
    "no-ctracer",
    "no-sysmon",
    "no-sysmon-context",
)
_ONLY_IN_REPORTS = "couldnt-parse"
_PATCHES_SINCE = (7, 10)


def measure_with(project: Project, folder: EvidenceFolder, job_id: str, pytest_arguments: Sequence[str] = ()) -> Path:
    """Write the configuration that coverage.py measures a job with: the user's own, with the kit's laid over it."""
    user = config_in_force(project)
    choice = core_of(project, user, pytest_arguments)
    forced = {
        "branch": "true" if _measures_branches(project, user) else "false",
        "concurrency": "\n".join(choice.concurrency),
        # A process that was started in another folder would take its own for the root.
        "relative_files": "false",
        # The working tree is measured by folder: for a name coverage.py looks again whenever sys.path has changed.
        "source_pkgs": "\n".join(name for name in project.roots if interpreter.has_installed_copy(name)),
        # Not by COVERAGE_FILE: tests that run coverage.py themselves would write to it. "$" stands for a variable.
        "data_file": str(folder.coverage_path(job_id)).replace("$", "$$"),
    }
    if not choice.is_users:
        forced["core"] = choice.name
    path = folder.coverage_config_path(job_id)
    _write(path, project, user, forced, (*_SILENCED, _ONLY_IN_REPORTS), _beside_modules(project))
    return path


def _beside_modules(project: Project) -> Sequence[str]:
    """The patterns of what a test process need not measure in the folders of single modules."""
    folders = measured_folders(entry for entry in project.source if entry.endswith(".py"))
    found = {folder: sorted((project.root / folder).iterdir()) for folder in folders}
    names = {folder: [f"{path.name}/" if path.is_dir() else path.name for path in found[folder]] for folder in folders}
    return [pattern for folder in folders for pattern in no_neighbours(project.code, folder, names[folder])]


def core_of(project: Project, user: coverage_config.Config, pytest_arguments: Sequence[str] = ()) -> CoreChoice:
    """Choose the core that measures the project."""
    variables = interpreter.environment_variables()
    texts = [project.text(name) for name in PYTEST_CONFIG_FILES]
    files = (project.root / name for name in project.files if name.endswith(".py"))
    return choose_core(
        Interpreter(interpreter.python_version(), _coverage_version(), may_switch(files)),
        user.get("run", {}),
        branch=_measures_branches(project, user),
        environment=variables.get("COVERAGE_CORE", ""),
        asked="\n".join([*texts, variables.get("PYTEST_ADDOPTS", ""), *pytest_arguments]),
    )


def missing_plugins(project: Project) -> tuple[str, ...]:
    """The plugins that coverage.py's configuration names and that are neither installed nor files of the project."""
    own = {part for name in project.files for part in PurePosixPath(name).with_suffix("").parts}
    tops = dict.fromkeys(name.partition(".")[0] for name in coverage_config.plugins(config_in_force(project)))
    return tuple(top for top in tops if top not in own and not interpreter.has_module(top))


def make_portable(project: Project, folder: EvidenceFolder, job_id: str) -> None:
    """Make a job's coverage data independent of where it was measured.

    Raises:
        EvidenceError: the data cannot be read.
    """
    file = folder.coverage_path(job_id)
    if file.exists():
        coverage_data.make_portable(file, _paths(project).place)


def combine(
    project: Project,
    folder: EvidenceFolder,
    jobs: Sequence[str],
    out: Path,
    user: coverage_config.Config | None = None,
) -> Coverage | None:
    """Add up what some jobs measured, in a folder; None if not one line was measured.

    ``user`` is the configuration of coverage.py by which lines count; None stands for the project's own.

    Raises:
        EvidenceError: the data of a job cannot be read, or does not go with that of another.
    """
    data = _combined(project, folder, jobs, out)
    if data is None:
        return None
    config = _report_config(project, out, config_in_force(project) if user is None else user)
    complaints = coverage_data.report(data, config, project.root, test_environment(project, {}), ("json",))
    coverage = coverage_json.loads((out / coverage_data.FILES["json"]).read_bytes())
    files = {path: _without_docstrings(project, path, file) for path, file in coverage.files.items()}
    return msgspec.structs.replace(coverage, files=files, unreadable=_unreadable(project, coverage, complaints))


def _without_docstrings(project: Project, path: str, file: FileCoverage) -> FileCoverage:
    """Before coverage.py 7.13.5 its report has docstrings among the executed lines, though they do not count."""
    executed = [line for line in file.executed if line not in file.excluded]
    if len(executed) <= file.lines.covered:
        return file
    text = docstring_lines(project.text(path))
    return msgspec.structs.replace(file, executed=tuple(line for line in executed if line not in text))


def _combined(project: Project, folder: EvidenceFolder, jobs: Sequence[str], out: Path) -> Path | None:
    files = {job: folder.coverage_path(job) for job in jobs}
    counted = counted_files(project)
    known, place = frozenset(counted), _paths(project).place

    def place_of_counted(path: str) -> str:
        own = place(path)
        counts = own in known if own.endswith(".py") else lies_in(own, project.code)
        return own if counts else ""

    return coverage_data.combine(files, place_of_counted, counted, out)


def counted_files(project: Project) -> list[str]:
    """The Python files that count for coverage. A link is another name of a file, and counts for none."""
    found = production_files(project.code, project.files, project.policy.coverage)
    return [file for file in found if not (project.root / file).is_symlink()]


def _unreadable(project: Project, coverage: Coverage, complaints: Sequence[str]) -> tuple[str, ...]:
    """The files that count, and of which coverage.py said that it cannot parse them."""
    left = (path for path in counted_files(project) if path not in coverage.files)
    return tuple(path for path in left if any(path in complaint for complaint in complaints))


def _report_config(project: Project, folder: Path, user: coverage_config.Config) -> Path:
    """Write the configuration that coverage.py reports with; people can use it, too."""
    path = folder / coverage_data.CONFIG
    silenced = coverage_config.entries(user.get("run", {}).get("disable_warnings", ""))
    heard = "\n".join(warning for warning in silenced if warning != _ONLY_IN_REPORTS)
    user = {**user, "run": {**user.get("run", {}), "disable_warnings": heard}}
    try:
        _write(path, project, user, {"branch": "true" if _measures_branches(project, user) else "false"}, _SILENCED)
    except OSError as error:
        raise not_written(path, error) from error
    return path


def _write(
    path: Path,
    project: Project,
    user: coverage_config.Config,
    forced: Mapping[str, str],
    silenced: Sequence[str],
    beside: Sequence[str] = (),
) -> None:
    ours = {"disable_warnings": "\n".join(silenced)}
    if _coverage_version() >= _PATCHES_SINCE:
        ours["patch"] = "subprocess"
    omit = [*omitted(project.code, project.files, project.policy.coverage), *beside]
    path.write_text(coverage_config.dumps(coverage_config.overlay(user, ours, omit, forced)), encoding="utf-8")


def _measures_branches(project: Project, user: coverage_config.Config) -> bool:
    return project.policy.coverage.branch or is_true(user.get("run", {}).get("branch", ""))


def _coverage_version() -> tuple[int, ...]:
    return Version(interpreter.version_of("coverage") or "0").release


def _paths(project: Project) -> MeasuredPaths:
    roots = dict.fromkeys([str(project.root), str(project.root.resolve())])
    return MeasuredPaths(roots, project.roots)
