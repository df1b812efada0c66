"""Which commit each kind of pipeline compares with, in clones as GitLab's runner makes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integration.gitlab.engine import GATE, PipelineRun
from integration.gitlab.service import GOOD_CHANGE, PY, SOURCE, TARGET, TEST_FILE, Checkout, Service, ci_file
from testkeep.model.verdict import Decision

Run = Callable[[Checkout], PipelineRun]
ANOTHER_TEST = "\n\ndef test_another():\n    assert add(0, 1) == 1\n"


def move_on(service: Service, branch: str = TARGET) -> str:
    """Add a test on another branch than the merge request's, which the merge request does not know."""
    service.project.git("checkout", "--quiet", "-B", branch, TARGET)
    file = service.project.root / TEST_FILE
    file.write_text(file.read_text() + ANOTHER_TEST)
    commit = service.project.commit()
    service.project.git("push", "--quiet", str(service.bare), branch)
    service.project.git("checkout", "--quiet", SOURCE)
    return commit


@pytest.mark.parametrize("depth", [pytest.param(0, id="whole history"), pytest.param(1, id="shallow clone")])
def test_detached__target_moved_on__compares_with_where_it_left_it(service: Service, run: Run, depth: int) -> None:
    service.project.commit(GOOD_CHANGE)
    move_on(service)

    done = run(service.detached(depth))

    assert (done.exit_code, done.verdict().base) == (0, service.first), done.output
    assert done.verdict().conservation.kept == 2


def test_merged_result__target_moved_on__compares_with_the_target(service: Service, run: Run) -> None:
    service.project.commit(GOOD_CHANGE)
    target = move_on(service)

    done = run(service.merged_result(depth=1))

    assert (done.exit_code, done.verdict().base) == (0, target), done.output
    assert done.verdict().conservation.kept == 3


@pytest.mark.parametrize("fast_forward", [pytest.param(False, id="merges"), pytest.param(True, id="fast forward")])
def test_merge_train__another_change_ahead__compares_with_that_changes_merge(
    service: Service, run: Run, fast_forward: bool
) -> None:
    service.project.commit(GOOD_CHANGE)
    move_on(service, "ahead")

    checkout = service.merge_train("ahead", depth=1, fast_forward=fast_forward)
    done = run(checkout)

    assert (done.exit_code, done.verdict().conservation.kept) == (0, 3), done.output
    assert done.verdict().base == service.git("rev-parse", "refs/pipelines/1^1", cwd=service.bare)


def test_detached__base_cannot_be_fetched__is_inconclusive(service: Service, run: Run) -> None:
    service.project.commit(GOOD_CHANGE)
    checkout = service.detached(depth=1)
    service.git("remote", "set-url", "origin", str(service.bare.with_name("gone.git")), cwd=checkout.folder)

    done = run(checkout)

    assert done.exit_codes == {"testkeep-plan": 4}, done.output
    assert "the base commit was not found" in done.output


def test_gate__base_is_gone_after_planning__is_inconclusive(service: Service, run: Run) -> None:
    service.project.commit(GOOD_CHANGE)
    cut = 'if [ "$CI_JOB_NAME" = testkeep-gate ]; then git rev-parse HEAD > .git/shallow; git remote remove origin; fi'
    service.commit_ci(ci_file(**{".testkeep-job": {"before_script": [cut]}}))

    done = run(service.detached())

    assert done.exit_codes[GATE] == 4, done.output
    assert [job for job, result in done.jobs.items() if result != "PASS"] == [GATE]


def test_default_branch__after_a_merge__compares_with_what_it_was_before(service: Service, run: Run) -> None:
    service.project.commit(GOOD_CHANGE)
    service.project.replace(TEST_FILE, "def test_guard", "def _guard")
    service.project.commit()

    done = run(service.default_branch(depth=1))

    assert (done.exit_codes[GATE], done.verdict().base, done.codes()) == (1, service.first, ["TK205"]), done.output


def test_default_branch__first_commit__is_judged_without_a_base(service: Service, run: Run) -> None:
    done = run(service.first_commit())

    assert (done.exit_code, done.verdict().verdict, done.verdict().base) == (0, Decision.PASS, "none"), done.output
    assert done.jobs[f"base-unit-{PY}"] == "PASS"
