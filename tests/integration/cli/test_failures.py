"""Tests that fail at the base, too, and tests in quarantine."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import GitProject, simple_project

TEST = "tests/unit/test_calc.py"
OLD, NEW = (f"\n\ndef test_{name}():\n    assert False\n" for name in ("old", "new"))
POLICY = '[tool.testkeep]\nstages = ["unit"]\n'
QUARANTINE = f"""
[[tool.testkeep.waivers]]
test = "{TEST}::test_old"
rule = "TK101"
reason = "fails now and then"
owner = "billing-team"
expires = 2099-01-31
"""


def failing_project(repository: Path, policy: str) -> GitProject:
    """A project with a test that fails at its first commit."""
    project = simple_project(repository, policy=policy)
    project.commit({TEST: (project.root / TEST).read_text() + OLD})
    return project


def severities(run: object) -> dict[str, str]:
    return {finding.test.rpartition("::")[2]: finding.severity.value for finding in run.findings}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(POLICY, (1, {"test_old": "error"}), id="all failures block"),
        pytest.param(f'{POLICY}failures = "new"\n', (0, {"test_old": "warning"}), id="new ones block"),
    ],
)
def test_run__test_fails_at_the_base_too__blocks_if_the_bases_policy_says_so(
    tmp_path: Path, policy: str, expected: tuple[int, dict[str, str]]
) -> None:
    project = failing_project(tmp_path / "repository", policy)
    project.commit({"README.md": "text\n"})

    run = project.testkeep("run")
    project.commit({TEST: (project.root / TEST).read_text() + NEW})
    worse = project.testkeep("run", "--base", "HEAD^")

    assert (run.exit_code, severities(run)) == expected, run.output
    assert "(fails at the base, too)" in run.finding("TK101").message
    assert (worse.exit_code, severities(worse)) == (1, expected[1] | {"test_new": "error"})


@pytest.mark.parametrize(
    ("policy", "codes"),
    [pytest.param(POLICY, ["TK101", "TK503"], id="loosened"), pytest.param("", ["TK101"], id="first adoption")],
)
def test_run__change_lets_its_failures_through__is_judged_without_that(
    tmp_path: Path, policy: str, codes: list[str]
) -> None:
    project = failing_project(tmp_path / "repository", policy)
    project.replace("pyproject.toml", policy or "version", f'{policy}failures = "new"\n' if policy else "version")
    project.commit({} if policy else {"testkeep.toml": 'failures = "new"\n'})

    run = project.testkeep("run", "unit")

    assert (run.exit_code, sorted(run.codes)) == (1, codes), run.output


def test_run__failing_test_in_quarantine__is_listed_and_does_not_block(tmp_path: Path) -> None:
    project = failing_project(tmp_path / "repository", POLICY + QUARANTINE)
    project.commit({"README.md": "text\n"})

    run = project.testkeep("run")

    assert (run.exit_code, [finding.waived for finding in run.findings]) == (0, [True]), run.output
    assert f"1 test in quarantine: {TEST}::test_old (until 2099-01-31, billing-team)" in run.verdict.notes
