"""The base commit of a change in CI: what the provider says, verified in the clone, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from testkeep.errors import BaselineError
from testkeep.formats.ci_event import read_event
from testkeep.model.change_event import ChangeEvent, Occasion, Provider
from testkeep.pipeline.baseline import Base, find_base
from testkeep.pipeline.context import Project
from testkeep.system.files import read_text
from testkeep.system.git import Repository
from testkeep.system.interpreter import environment_variables

_FETCH = "Fetch the whole history in this job: 'fetch-depth: 0' for actions/checkout, 'GIT_DEPTH: 0' on GitLab."


def current_event() -> ChangeEvent:
    """What started the pipeline that this process runs in."""
    environment = environment_variables()
    file = environment.get("GITHUB_EVENT_PATH", "")
    return read_event(environment, (read_text(Path(file)) or "") if file else "")


def is_dirty_here(project: Project) -> bool:
    """Whether there is something to commit, on a laptop: what a pipeline changes in its clone is nobody's work."""
    return project.provenance.dirty and not environment_variables().get("CI")


def base_of_change(repository: Repository, event: ChangeEvent, *, dirty: bool = False) -> Base:
    """Find the commit that a change is compared with.

    ``dirty`` counts where no provider says what is tested.

    Raises:
        BaselineError: it is not in the clone, not even after fetching, or it is not one that the head comes from.
        UsageError: nothing says what to compare with.
    """
    if event.provider is Provider.LOCAL:
        return find_base(repository, None, dirty=dirty)
    search = _Search(repository, event)
    # Somebody checked out something else: the head of a pull request instead of its merge, or another repository.
    return search.found() if event.head in ("", repository.head()) else search.of_another_head()


class _Search:
    """Looks for one event's base. The clone may be shallow, and have no branch but its own."""

    def __init__(self, repository: Repository, event: ChangeEvent) -> None:
        self._repository = repository
        self._event = event
        self._head = repository.head()
        self._complaint = ""

    def of_another_head(self) -> Base:
        """Go by the target branch alone, if it is here."""
        tip = self._repository.resolve(f"origin/{self._event.target}") if self._event.target else None
        base = self._repository.merge_base(tip, self._head) if tip and tip != self._head else None
        if base:
            return Base(base, how=f"the merge base with {self._event.target}")
        return find_base(self._repository, None, dirty=False)

    def found(self) -> Base:
        match self._event.occasion:
            case Occasion.CHANGE:
                return self._merged() or self._branched()
            case Occasion.QUEUE:
                return self._stated() or self._fail("the commit that the queue builds on")
            case Occasion.PUSH:
                return self._stated() or self._parent()
            case _:
                return self._of_branch()

    def _merged(self) -> Base | None:
        """The provider's own merge of a change: its first parent is the target as it was then."""
        if not self._event.merged:
            return None  # the first parent of its author's merge is a commit of its author's
        parents = self._parents()
        if len(parents) != 2 or self._repository.resolve(parents[0]) is None:
            return None
        return Base(parents[0], how="the first parent of the merge that is tested")

    def _branched(self) -> Base:
        """A change that is tested as it was pushed: where it left its target."""
        tip = self._target()
        base = self._repository.merge_base(tip, self._head) if tip else None
        if base:
            return Base(base, how=f"the merge base with {self._event.target}")
        return self._stated() or self._fail(f"the merge base with {self._event.target or 'the target branch'}")

    def _stated(self) -> Base | None:
        base = self._event.base
        if not base:
            return None
        if self._repository.resolve(base) is None:
            self._complaint = self._repository.fetch_history()
        if self._repository.resolve(base) is None or not self._repository.is_ancestor(base, self._head):
            return None
        return Base(base, how=f"the commit that {self._event.provider} names")

    def _parent(self) -> Base:
        parents = self._parents()
        if parents and self._repository.resolve(parents[0]) is None:
            self._fail("the parent of the commit that was pushed")
        if parents:
            return Base(parents[0], how="the parent of the commit that was pushed")
        return Base(reason="judged without a baseline: this is the first commit")

    def _of_branch(self) -> Base:
        tip = self._target()
        if not tip:
            return find_base(self._repository, None, dirty=False)
        if tip == self._head:
            return self._parent()
        base = self._repository.merge_base(tip, self._head)
        if base is None:
            return self._fail(f"the merge base with {self._event.target}")
        return Base(base, how=f"the merge base with {self._event.target}")

    def _parents(self) -> list[str]:
        parents = self._repository.parents(self._head)
        if any(self._repository.resolve(parent) is None for parent in parents):
            self._complaint = self._repository.fetch_history()
        return parents

    def _target(self) -> str | None:
        """The tip of the target branch as the remote has it."""
        name = self._event.target
        if not name:
            return None
        ref = f"origin/{name}"
        if self._repository.resolve(ref) is None or self._repository.is_shallow():
            self._complaint = self._repository.fetch_branch(name)
        return self._repository.resolve(ref)

    def _fail(self, what: str) -> NoReturn:
        where = " in this shallow clone" if self._repository.is_shallow() else " in this clone"
        said = f"; git fetch: {self._complaint}" if self._complaint else ""
        raise BaselineError(f"the base commit was not found: {what} is not{where}{said}", hint=_FETCH)
