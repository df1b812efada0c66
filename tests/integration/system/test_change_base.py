"""The base commit in CI: real clones, as the products make them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from repositories import GitProject, clean_environment, simple_project
from testkeep.errors import BaselineError
from testkeep.model.change_event import ChangeEvent, Occasion, Provider
from testkeep.pipeline.baseline import Base, find_base
from testkeep.pipeline.change_base import base_of_change
from testkeep.system.git import Repository


class Remote:
    """A repository with a branch ``main`` (two commits) and a change that left it after the first."""

    def __init__(self, folder: Path) -> None:
        self.project = simple_project(folder / "remote")
        self.left = self.project.git("rev-parse", "HEAD")
        self.project.git("checkout", "--quiet", "-b", "topic")
        self.change = self.project.commit({"app/new.py": "x = 1\n"})
        self.project.git("checkout", "--quiet", "main")
        self.main = self.project.commit({"app/other.py": "y = 1\n"})
        self.folder = folder

    def merged(self) -> str:
        """Merge the change the way the products do for a test, without moving main."""
        self.project.git("checkout", "--quiet", "--detach", "main")
        self.project.git("merge", "--quiet", "--no-ff", "-m", "merge", "topic")
        self.project.git("update-ref", "refs/pull/7/merge", "HEAD")
        commit = self.project.git("rev-parse", "HEAD")
        self.project.git("checkout", "--quiet", "main")
        return commit

    def clone(self, ref: str, depth: int = 0) -> Repository:
        """Clone one commit as CI does: detached, and only so deep."""
        place = self.folder / "clone"
        clone = GitProject(place)
        clone.git("remote", "add", "origin", self.project.repository.as_uri())
        self.project.git("config", "uploadpack.allowAnySHA1InWant", "true")
        if depth:
            clone.git("fetch", "--quiet", f"--depth={depth}", "origin", ref)
            clone.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
        else:
            clone.git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*", ref)
            clone.git("checkout", "--quiet", "--detach", self.project.git("rev-parse", ref))
        return Repository.around(place)


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path)


def _github(occasion: Occasion, head: str = "", base: str = "", target: str = "main") -> ChangeEvent:
    merged = occasion is Occasion.CHANGE
    return ChangeEvent(provider=Provider.GITHUB, occasion=occasion, head=head, base=base, target=target, merged=merged)


@pytest.mark.parametrize("depth", [0, 1, 2], ids=["whole", "depth 1", "depth 2"])
def test_pull_request__its_merge_is_checked_out__is_compared_with_the_first_parent(remote: Remote, depth: int) -> None:
    merge = remote.merged()
    clone = remote.clone("refs/pull/7/merge", depth)

    base = base_of_change(clone, _github(Occasion.CHANGE, merge, base=remote.left))

    assert base == Base(remote.main, how="the first parent of the merge that is tested")


@pytest.mark.parametrize("depth", [0, 1], ids=["whole", "depth 1"])
def test_merge_request__detached__is_compared_with_where_it_left_its_target(remote: Remote, depth: int) -> None:
    clone = remote.clone("refs/heads/topic", depth)
    event = ChangeEvent(
        provider=Provider.GITLAB, occasion=Occasion.CHANGE, head=remote.change, base=remote.main, target="main"
    )

    assert base_of_change(clone, event) == Base(remote.left, how="the merge base with main")


def test_merge_request__its_author_merged_the_target__is_compared_with_the_target(remote: Remote) -> None:
    # The first parent of that merge is the author's own commit, which may have lost anything.
    remote.project.git("checkout", "--quiet", "topic")
    remote.project.git("merge", "--quiet", "--no-ff", "-m", "catch up", "main")
    head = remote.project.git("rev-parse", "HEAD")
    clone = remote.clone("refs/heads/topic")
    event = ChangeEvent(provider=Provider.GITLAB, occasion=Occasion.CHANGE, head=head, base=remote.left, target="main")

    assert base_of_change(clone, event) == Base(remote.main, how="the merge base with main")


def test_merge_queue__what_it_builds_on_is_not_to_be_had__is_not_guessed(remote: Remote) -> None:
    merge = remote.merged()
    clone = remote.clone("refs/pull/7/merge")

    with pytest.raises(BaselineError, match="the commit that the queue builds on is not in this clone"):
        base_of_change(clone, _github(Occasion.QUEUE, merge, base="1" * 40))


def test_merge_request__target_branch_is_gone__is_compared_with_what_the_product_names(remote: Remote) -> None:
    clone = remote.clone("refs/heads/topic")
    event = ChangeEvent(
        provider=Provider.GITLAB, occasion=Occasion.CHANGE, head=remote.change, base=remote.left, target="gone"
    )

    assert base_of_change(clone, event) == Base(remote.left, how="the commit that gitlab names")


def test_pull_request__somebody_checked_out_its_head__goes_by_the_target(remote: Remote) -> None:
    merge = remote.merged()
    clone = remote.clone("refs/heads/topic")

    assert base_of_change(clone, _github(Occasion.CHANGE, merge)) == Base(remote.left, how="the merge base with main")


def test_merge_queue__several_changes__is_compared_with_the_commit_that_the_queue_builds_on(remote: Remote) -> None:
    merge = remote.merged()
    clone = remote.clone("refs/pull/7/merge", 1)

    base = base_of_change(clone, _github(Occasion.QUEUE, merge, base=remote.left))

    assert base == Base(remote.left, how="the commit that github names")


def test_push__several_commits__is_compared_with_the_tip_before(remote: Remote) -> None:
    last = remote.project.commit({"app/third.py": "z = 1\n"})
    clone = remote.clone("refs/heads/main", 1)

    base = base_of_change(clone, _github(Occasion.PUSH, last, base=remote.left))

    assert base == Base(remote.left, how="the commit that github names")


@pytest.mark.parametrize("before", ["", "c" * 40], ids=["new branch", "force push"])
def test_push__commit_before_is_not_to_be_had__is_compared_with_the_parent(remote: Remote, before: str) -> None:
    clone = remote.clone("refs/heads/main", 1)

    base = base_of_change(clone, _github(Occasion.PUSH, remote.main, base=before))

    assert base == Base(remote.left, how="the parent of the commit that was pushed")


def test_push__of_the_first_commit__has_no_base(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    head = project.git("rev-parse", "HEAD")

    base = base_of_change(Repository.around(project.root), _github(Occasion.PUSH, head))

    assert base == Base(reason="judged without a baseline: this is the first commit")


def test_push__before_is_not_an_ancestor__is_not_believed(remote: Remote) -> None:
    clone = remote.clone("refs/heads/main")

    base = base_of_change(clone, _github(Occasion.PUSH, remote.main, base=remote.change))

    assert base == Base(remote.left, how="the parent of the commit that was pushed")


def test_other_branch__is_compared_with_where_it_left_the_default_branch(remote: Remote) -> None:
    clone = remote.clone("refs/heads/topic", 1)

    base = base_of_change(clone, _github(Occasion.OTHER, remote.change))

    assert base == Base(remote.left, how="the merge base with main")


def test_shallow_clone__remote_is_not_there_any_more__says_what_is_missing_and_how_to_have_it(remote: Remote) -> None:
    merge = remote.merged()
    clone = remote.clone("refs/pull/7/merge", 1)
    subprocess.run(
        ["git", "remote", "set-url", "origin", "/nowhere"], cwd=clone.root, env=clean_environment(), check=True
    )

    with pytest.raises(BaselineError) as caught:
        base_of_change(clone, _github(Occasion.QUEUE, merge, base=remote.left))

    assert caught.value.message.startswith(
        "the base commit was not found: the commit that the queue builds on is not in this shallow clone; git fetch: "
    )
    assert "fetch-depth: 0" in caught.value.hint


def test_complete_clone__fetching_leaves_it_complete(remote: Remote) -> None:
    clone = remote.clone("refs/heads/topic")

    base_of_change(clone, _github(Occasion.CHANGE, remote.change, target="main"))

    assert not clone.is_shallow()


@pytest.mark.parametrize(
    ("commits", "checkout", "dirty", "expected"),
    [
        pytest.param(2, "main", False, ("main~1", "the parent of the tip of main"), id="tip, clean"),
        pytest.param(2, "main", True, ("main", "HEAD, as there are changes to commit"), id="tip, dirty"),
        pytest.param(3, "main~1", False, ("main~2", "the parent of HEAD, which main has already"), id="behind, clean"),
        pytest.param(3, "main~1", True, ("main~1", "HEAD, as there are changes to commit"), id="behind, dirty"),
        pytest.param(2, "topic", False, ("main", "the merge base with main"), id="branch, clean"),
        pytest.param(2, "topic", True, ("main", "the merge base with main"), id="branch, dirty"),
        pytest.param(1, "main", True, ("main", "HEAD, as there are changes to commit"), id="first commit, dirty"),
    ],
)
def test_find_base__on_a_laptop__is_never_the_clean_head_itself(
    tmp_path: Path, commits: int, checkout: str, dirty: bool, expected: tuple[str, str]
) -> None:
    project = GitProject(tmp_path / "repository")
    for number in range(commits):
        project.commit({"a.py": f"n = {number}\n"})
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"b.py": ""})
    project.git("checkout", "--quiet", checkout)

    base = find_base(Repository.around(project.root), None, dirty=dirty)

    assert (base.commit, base.how) == (project.git("rev-parse", expected[0]), expected[1])


def test_plan__pipeline_of_another_product_changes_a_file__is_of_the_commit(tmp_path: Path) -> None:
    project = simple_project(tmp_path / "repository")
    project.commit({"app/more.py": "x = 1\n"})
    project.write({"app/more.py": "x = 2\n"})

    laptop, pipeline = (project.testkeep("plan", "--json", CI=value) for value in ("", "true"))

    assert '"base_reason":"HEAD, as there are changes to commit"' in laptop.output.replace('": "', '":"')
    assert '"base_reason":"the parent of the tip of main"' in pipeline.output.replace('": "', '":"')


def test_find_base__first_commit_and_nothing_to_commit__has_none(tmp_path: Path) -> None:
    project = GitProject(tmp_path / "repository")
    project.commit({"a.py": ""})

    base = find_base(Repository.around(project.root), None, dirty=False)

    assert base == Base(reason="judged without a baseline: this is the first commit")
