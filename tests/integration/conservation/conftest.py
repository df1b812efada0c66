"""Makes the pairs: one base for all pairs with equal bases, with its baseline, and a copy of it for each head."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.conservation.edits import Edit
from integration.conservation.pairs import Pair
from integration.conservation.project import FILES
from repositories import GitProject, Outcome

BASE = "the-base"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the suite out of the everyday pipeline: it takes minutes."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.slow)


class Workshop:
    """Keeps one repository for each base."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bases: dict[object, Path] = {}

    def base(self, pair: Pair) -> Path:
        """The repository of a pair's base.

        It comes with its baseline if other pairs share it, or if the head is run under conditions that are no part of
        the commit; otherwise the head's run makes the baseline.
        """
        key = (pair.base, tuple(pair.base_environment.items()))
        if key not in self._bases:
            project = GitProject(self._folder / str(len(self._bases)))
            project.commit(FILES)
            _apply(project, pair.base)
            project.commit()
            project.git("tag", BASE)
            if not pair.base or pair.environment or pair.base_environment:
                made = project.testkeep("baseline", BASE, **pair.base_environment)
                assert made.exit_code == 0, made.output + made.errors
            self._bases[key] = project.repository
        return self._bases[key]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The bases of this session."""
    return Workshop(tmp_path_factory.mktemp("bases"))


@pytest.fixture
def head(workshop: Workshop, tmp_path: Path) -> Callable[[Pair], GitProject]:
    """Make the head of a pair: a copy of its base's repository with one commit more."""

    def make(pair: Pair) -> GitProject:
        repository = tmp_path / "repository"
        shutil.copytree(workshop.base(pair), repository, symlinks=True)
        project = GitProject(repository)
        _apply(project, pair.head)
        project.commit()
        if pair.date:
            project.git("commit", "--quiet", "--amend", "--no-edit", f"--date={pair.date}")
            project.git("rebase", "--quiet", "--force-rebase", "--committer-date-is-author-date", BASE)
        return project

    return make


@pytest.fixture
def judge(head: Callable[[Pair], GitProject]) -> Callable[[Pair], Outcome]:
    """Make the head of a pair and run testkeep on it, as its author would."""

    def run(pair: Pair) -> Outcome:
        project = head(pair)
        extra = ("--", *pair.arguments) if pair.arguments else ()
        return project.testkeep(
            "run", *pair.stages, "-v", "--base", BASE, *extra, cwd=project.root / pair.folder, **pair.environment
        )

    return run


def _apply(project: GitProject, edits: tuple[Edit, ...]) -> None:
    for edit in edits:
        edit(project)
