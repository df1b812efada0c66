"""The composite actions, in the workflow that the documentation shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integration.github.callers import PYTHON, ROOT, Caller, caller, kit_repository, results

EXAMPLE = re.search(r"```yaml\n(name: CI\n.*?)```", (ROOT / "docs" / "github.md").read_text(), re.DOTALL)[1]


def workflow() -> str:
    """The example in the documentation, of a project whose tests need nothing."""
    text = re.sub(r"testkeep/testkeep/(\S+)@v[\d.]+", r"acme/testkeep/\1@v1", EXAMPLE)
    text = text.replace('"3.12"', f'"{PYTHON}"').replace("runner: nox", "runner: direct")
    return re.sub(r'(python-version: ".*?".*)}', r'\1, install: "true", kit: testkeep}', text)


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit_repository(tmp_path_factory.mktemp("kit") / "testkeep")


@pytest.fixture
def own(tmp_path: Path, kit: Path) -> Caller:
    """A project with such a workflow."""
    made = caller(tmp_path, kit)
    path = made.project.repository / ".github" / "workflows" / "ci.yml"
    path.write_text(workflow())
    made.project.commit()
    made.project.git("checkout", "--quiet", "main")
    made.project.git("merge", "--quiet", "topic")
    made.project.git("checkout", "--quiet", "topic")
    made.project.commit({"README.md": "other text\n"})
    return made


def test_actions__all_green__pass(own: Caller) -> None:
    report = own.pull_request().run()

    assert set(results(report).values()) == {"success"}, report.job("gate").log


def test_actions__test_newly_skipped__the_gate_is_red(own: Caller) -> None:
    own.project.replace("tests/unit/test_calc.py", "def test_guard", "@pytest.mark.skip\ndef test_guard")
    own.project.commit()

    report = own.pull_request().run()

    assert [name for name, outcome in results(report).items() if outcome != "success"] == ["gate"]
    assert "TK201" in report.job("gate").summary


def test_actions__a_shard_is_cancelled__the_gate_is_red(own: Caller) -> None:
    report = own.pull_request(cancel=["tests#0"]).run()

    assert results(report)["gate"] == "failure"


def test_actions__base_is_not_in_the_clone__nothing_is_judged_and_the_gate_is_red(own: Caller) -> None:
    # The history cannot be fetched afterwards: no credentials are kept.
    own.project.replace(".github/workflows/ci.yml", "fetch-depth: 0", "fetch-depth: 1")
    own.project.commit()

    report = own.pull_request().run()

    assert results(report) == {"plan": "failure", "${{ matrix.name }}": "skipped", "gate": "failure"}
    assert "the base commit was not found" in report.job("plan").log
    assert "'fetch-depth: 0' for actions/checkout" in report.job("plan").log
