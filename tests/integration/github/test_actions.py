"""The composite actions, in a workflow that a project wrote itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.github.callers import PYTHON, Caller, caller, kit_repository, results

WORKFLOW = """\
name: CI
on: [pull_request]
permissions:
  actions: read
  contents: read
jobs:
  plan:
    runs-on: ubuntu-24.04
    outputs:
      tests: ${{{{ steps.plan.outputs.tests }}}}
      artifact: testkeep-plan-a${{{{ github.run_attempt }}}}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {{fetch-depth: 0, persist-credentials: false}}
      - uses: acme/testkeep/github-actions/setup@v1
        with: {{python-version: "{python}", kit: testkeep}}
      - id: plan
        run: testkeep plan unit integration --no-base-jobs --output "$RUNNER_TEMP/plan/plan.json" --github
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f
        with:
          name: testkeep-plan-a${{{{ github.run_attempt }}}}
          path: ${{{{ runner.temp }}}}/plan/plan.json
  tests:
    needs: plan
    runs-on: ubuntu-24.04
    strategy:
      fail-fast: false
      matrix: ${{{{ fromJSON(needs.plan.outputs.tests) }}}}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {{fetch-depth: 0, persist-credentials: false}}
      - uses: acme/testkeep/github-actions/setup@v1
        with: {{python-version: "${{{{ matrix.python }}}}", runner: direct, install: "true", kit: testkeep}}
      - uses: acme/testkeep/github-actions/stage@v1
        with:
          job: ${{{{ matrix.id }}}}
          plan-artifact: ${{{{ needs.plan.outputs.artifact }}}}
          runner: direct
  gate:
    needs: [plan, tests]
    if: always()
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {{fetch-depth: 0, persist-credentials: false}}
      - uses: acme/testkeep/github-actions/setup@v1
        with: {{python-version: "{python}", runner: direct, install: "true", kit: testkeep}}
      - uses: acme/testkeep/github-actions/gate@v1
        with:
          needs: ${{{{ toJSON(needs) }}}}
          plan-artifact: ${{{{ needs.plan.outputs.artifact }}}}
          runner: direct
"""


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kit_repository(tmp_path_factory.mktemp("kit") / "testkeep")


@pytest.fixture
def own(tmp_path: Path, kit: Path) -> Caller:
    """A project with such a workflow, whose policy has no static stage."""
    made = caller(tmp_path, kit)
    made.project.replace("pyproject.toml", 'stages = ["format", ', "stages = [")
    path = made.project.repository / ".github" / "workflows" / "ci.yml"
    path.write_text(WORKFLOW.format(python=PYTHON))
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

    assert results(report) == {"plan": "failure", "tests": "skipped", "gate": "failure"}
    assert "the base commit was not found" in report.job("plan").log
    assert "'fetch-depth: 0' for actions/checkout" in report.job("plan").log
