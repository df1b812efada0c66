"""The project at hand: where it lies, what its policy is, and what exactly is examined."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import msgspec

from testkeep import __version__
from testkeep.errors import UsageError
from testkeep.formats import policy_toml
from testkeep.formats.code_files import CodeTree
from testkeep.model.evidence import Job, JobContext, Provenance
from testkeep.model.layout import find_source, import_roots, lies_in
from testkeep.model.policy import Policy
from testkeep.model.policy_change import PolicyChange
from testkeep.model.stage import TEST_STAGES, Stage
from testkeep.system.files import links_in, read_output, read_text
from testkeep.system.git import Repository
from testkeep.system.ignored_files import IgnoredFiles, find_ignored

POLICY_FILES = ("testkeep.toml", "pyproject.toml")
PROJECT_FILES = (*POLICY_FILES, "setup.cfg", "setup.py", "requirements.txt", "pytest.ini", "tox.ini")
BARE_JOB = "tests"
STATE_FOLDER = ".testkeep"
"""Where a project's evidence, baselines and reports go, unless the user says otherwise; git ignores it by itself."""


@dataclass(frozen=True)
class Project:
    """A project in a working tree.

    ``folder`` is its place in the repository (empty for the root), ``files`` are what git tracks or would track in it,
    ``source`` its production code and ``roots`` the folder from which each of its top-level modules is imported; all
    are relative to ``root``. ``code`` is the source with the files that are production code in spite of their names.
    ``untracked`` are the files of the repository that git does not track and that count.

    ``policy`` is the project's own, whose digest is in ``provenance``, until a base commit is chosen. Then it is the
    one in force, and ``policy_change`` has those of both sides. ``ignored`` is what git ignored when the run began.
    """

    root: Path
    repository: Repository
    folder: str
    policy: Policy
    policy_file: str
    files: tuple[str, ...]
    source: tuple[str, ...]
    roots: dict[str, str]
    provenance: Provenance
    code: tuple[str, ...] = ()
    untracked: frozenset[bytes] = frozenset()
    policy_change: PolicyChange | None = None
    ignored: IgnoredFiles = field(default_factory=IgnoredFiles)

    @property
    def measured(self) -> tuple[str, ...]:
        """What coverage.py is told to measure: the source, and the folders of code that links bring into it."""
        outside = (name for name in self.code if not lies_in(name, self.source))
        return (*self.source, *dict.fromkeys(PurePosixPath(name).parent.as_posix() for name in outside))

    def text(self, name: str) -> str:
        """Read one of the project's files, whatever its encoding; empty if it is not there."""
        return read_output(self.root / name)

    def context(self, job: Job) -> JobContext:
        """Say what a test process needs to know of its job. A stage that was asked for by name is not left out."""
        named = [stage for stage in job.stages if stage not in self.policy.run_stages]
        return JobContext(
            job=job,
            provenance=self.provenance,
            packages=tuple(self.roots),
            run_stages=(*self.policy.run_stages, *named),
            leave_out=self.policy.suites.leave_out,
            roots=self.roots,
            source=self.code,
        )


def load_project(start: Path) -> Project:
    """Find the project that a folder belongs to, and read its policy.

    Raises:
        UsageError: not a git repository, no commit yet, the policy is wrong, or evidence was committed.
        ToolError: git is not installed.
    """
    repository = Repository.around(start)
    project = project_at(_project_root(start.resolve(), repository.root.resolve()), repository)
    committed = repository.tracked(project.root / STATE_FOLDER)
    if committed:
        raise UsageError(
            f"{STATE_FOLDER}/{committed[0]} is in git: what lies in there would stand for evidence",
            hint=f"Take it out: git rm -r --cached {STATE_FOLDER}",
        )
    return with_ignored(project)


def for_one_run(project: Project) -> Project:
    """Name the run: what it judges must be of it, not of another that has used the same folder in the meantime."""
    return replace(project, provenance=msgspec.structs.replace(project.provenance, run=secrets.token_hex(8)))


def with_ignored(project: Project) -> Project:
    """Look for the ignored files that its policy wants at the base."""
    state = project.root / STATE_FOLDER
    found = find_ignored(project.repository.root, project.policy.base_files, project.folder, state)
    return replace(project, ignored=found)


def project_at(root: Path, repository: Repository, known: Policy | None = None) -> Project:
    """Read the project whose root is known; its policy, too, unless that is known."""
    folder = root.resolve().relative_to(repository.root.resolve()).as_posix()
    folder = "" if folder == "." else folder
    policy, policy_file = read_policy(root) if known is None else (known, "")
    files = tuple(repository.files(folder))
    source = policy.source or find_source(files)
    for entry in policy.source:
        if not (root / entry).exists():
            raise UsageError(f"{policy_file}: source: {entry!r} is not there", hint=f"It was looked for in {root}.")
    state = repository.tree_state()
    provenance = Provenance(
        commit=repository.head(),
        tree=state.tree,
        dirty=state.dirty,
        policy=policy_toml.digest(policy),
        project=folder,
        testkeep=__version__,
    )
    roots = import_roots(source, files)
    return Project(
        root=root,
        repository=repository,
        folder=folder,
        policy=policy,
        policy_file=policy_file,
        files=files,
        source=source,
        roots=roots,
        provenance=provenance,
        code=(*source, *sorted(code_tree(root, source, files).in_spite_of_names())),
        untracked=state.untracked,
    )


def code_tree(root: Path, source: Sequence[str], files: Collection[str]) -> CodeTree:
    """Make the tree of a project's files, of which can be asked which of them are production code."""
    return CodeTree(
        source=source,
        files=frozenset(files),
        roots=frozenset(import_roots(source, files).values()),
        read=lambda name: read_output(root / name),
        links=links_in(root, (name for name in files if lies_in(name, source))),
    )


def read_policy(root: Path) -> tuple[Policy, str]:
    """Read a project's policy and the name of the file that it stands in (empty: the defaults are in force).

    Raises:
        PolicyError: the policy has problems.
    """
    for name in POLICY_FILES:
        text = read_text(root / name)
        policy = policy_toml.loads(text, name) if text is not None else None
        if policy is not None:
            return policy, name
    return Policy(), ""


def policy_of(project: Project, commit: str, folder: str) -> Policy | None:
    """Read the policy as it was at a commit; None if there was none. ``folder`` is where the project was then.

    Raises:
        PolicyError: the policy has problems there.
    """
    for name in POLICY_FILES:
        text = project.repository.read(commit, f"{folder}/{name}" if folder else name)
        policy = policy_toml.loads(text, f"{commit[:12]}:{name}") if text is not None else None
        if policy is not None:
            return policy
    return None


def bare_context(root: Path, stage: Stage | None) -> JobContext:
    """Make the context of a ``pytest --testkeep-evidence`` that nobody prepared: one job for all test stages."""
    project = project_at(root, Repository.around(root))
    stages = (stage,) if stage else TEST_STAGES
    return project.context(Job(id=stage or BARE_JOB, stages=stages))


def _project_root(start: Path, top: Path) -> Path:
    for folder in (start, *start.parents):
        if any((folder / name).exists() for name in PROJECT_FILES):
            return folder
        if folder == top:
            break
    return top
