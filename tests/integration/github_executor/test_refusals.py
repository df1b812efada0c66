"""What is not modelled is refused with its place, never ignored; what GitHub would not start does not start."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest

from integration.github_executor.sandbox import JOB, Sandbox


def job(line: str) -> str:
    return f"on: push\njobs:\n  job:\n    runs-on: ubuntu-24.04\n    steps: [{{run: 'true'}}]\n{indent(line, '    ')}\n"


def step(line: str) -> str:
    return f"on: push\njobs:\n  job:\n    runs-on: ubuntu-24.04\n    steps:\n      - {line}\n"


UNMODELLED = {
    "container": (job("container: python"), "(Line: 6, Col: 5): 'container' is not modelled"),
    "environment": (job("environment: production"), "(Line: 6, Col: 5): 'environment' is not modelled"),
    "cancel-timeout-minutes": (job("cancel-timeout-minutes: 1"), "'cancel-timeout-minutes' is not modelled"),
    "snapshot": (job("snapshot: image"), "'snapshot' is not modelled"),
    "a service": (job("services: {db: {image: postgres}}"), "the service 'db' needs a container"),
    "a container action": (step("uses: docker://alpine:3"), "container actions are not modelled"),
    "a parallel block": (step("parallel: [{run: 'true'}]"), "'parallel' is not modelled"),
    "an unknown action": (step("uses: nobody/nothing@v1"), "neither 'nobody/nothing@v1' nor a double"),
    "a shell": (step("{run: 'true', shell: pwsh}"), "'shell: pwsh' is not modelled"),
    "an old workflow command": (step("run: 'echo ::set-output name=a::b'"), "'set-output' is not modelled"),
    "a path filter": (f"on: {{push: {{paths: [src/**]}}}}\njobs: {{job: {JOB}}}\n", "'paths' is not modelled"),
    "a tag filter": (f"on: {{push: {{tags: [v1]}}}}\njobs: {{job: {JOB}}}\n", "'tags' is not modelled"),
    "a branch pattern": (f"on: {{push: {{branches: ['v[0-9]']}}}}\njobs: {{job: {JOB}}}\n", "'v[0-9]' is not modelled"),
    "an expression as strategy": (job("strategy: ${{ fromJSON('{}') }}"), "an expression as the whole strategy"),
    "an inserted mapping": (job("env: {'${{ insert }}': '${{ fromJSON(github.event) }}'}"), "'insert' is not modelled"),
    "a runner": (
        "on: push\njobs: {job: {runs-on: windows-2025, steps: []}}\n",
        "no runner has the labels windows-2025; the test's are ubuntu-*",
    ),
    "a runner group": ("on: push\njobs: {job: {runs-on: {group: big}, steps: []}}\n", "'runs-on' with a group"),
}
INVALID = {
    "an unknown key of the workflow": (f"on: push\nenvs: {{}}\njobs: {{job: {JOB}}}\n", "Unexpected value 'envs'"),
    "an unknown key of a job": (job("need: other"), "(Line: 6, Col: 5): Unexpected value 'need'"),
    "an unknown key of a step": (step("{run: 'true', workdir: x}"), "Unexpected value 'workdir'"),
    "an unknown job in needs": (job("needs: other") + f"  first: {JOB}\n", "depends on unknown job 'other'"),
    "needs in a circle": (
        f"on: push\njobs:\n  first: {JOB}\n  a: {{needs: b, {JOB[1:]}\n  b: {{needs: a, {JOB[1:]}\n",
        "creates a cycle",
    ),
    "a context that is not there": (job("if: env.A == 'b'"), "Unrecognized named-value: 'env'"),
    "a function that is not there": (step("{if: sucess(), run: 'true'}"), "Unrecognized function: 'sucess'"),
    "two steps with one id": (
        step("{id: a, run: 'true'}\n      - {id: a, run: 'true'}"),
        "'a' may not be used more than",
    ),
    "an action without a version": (step("uses: actions/checkout"), "Expected format {org}/{repo}[/path]@ref"),
    # Newer than the schema of the package that is installed: refused all the same.
    "a background step": (step("{run: sleep 1, background: true}"), "Unexpected value 'background'"),
    "waiting": (step("{id: a, run: 'true'}\n      - {wait: a}"), "Unexpected value 'wait'"),
    "no YAML": ("on: push\njobs: {job: [\n", "Flow sequence"),
    "a service with an empty image in plain words": (job("services: {db: {image: ''}}"), "Unexpected value ''"),
    "another event": (f"on: pull_request\njobs: {{job: {JOB}}}\n", "'on' does not name 'push'"),
    "another branch": (f"on: {{push: {{branches: [release/*]}}}}\njobs: {{job: {JOB}}}\n", "does not match 'main'"),
}


@pytest.mark.parametrize(("workflow", "message"), UNMODELLED.values(), ids=UNMODELLED)
def test_workflow__uses_what_is_not_modelled__is_refused_with_its_place(
    sandbox: Sandbox, workflow: str, message: str
) -> None:
    report = sandbox.run(workflow)

    assert (report.exit_code, report.conclusion) == (2, "unmodelled"), report.error
    assert ".github/workflows/ci.yml" in str(report.error)
    assert message in str(report.error)


@pytest.mark.parametrize(("workflow", "message"), INVALID.values(), ids=INVALID)
def test_workflow__github_would_not_start_it__does_not_start(sandbox: Sandbox, workflow: str, message: str) -> None:
    report = sandbox.run(workflow)

    assert (report.exit_code, report.conclusion, report.jobs) == (2, "startup_failure", ()), report.error
    assert message in str(report.error)


@pytest.mark.parametrize(
    ("runs", "conclusion", "message"),
    [
        pytest.param(
            "{using: docker, image: Dockerfile}", "unmodelled", "'using: docker' is not modelled", id="docker"
        ),
        pytest.param("{using: node24, main: a.js, pre: b.js}", "unmodelled", "'pre' is not modelled", id="pre"),
        pytest.param("{using: composite, steps: [{run: 'true'}]}", "startup_failure", "shell", id="no shell"),
        pytest.param(
            "{using: composite, steps: [{run: 'echo ${{ secrets.A }}', shell: bash}]}",
            "startup_failure",
            "Unrecognized named-value: 'secrets'",
            id="secrets",
        ),
    ],
)
def test_action__of_another_kind_or_invalid__is_refused(
    sandbox: Sandbox, runs: str, conclusion: str, message: str
) -> None:
    report = sandbox.steps("- uses: $/act", {"act/action.yml": f"name: a\ndescription: b\nruns: {runs}\n"})

    assert (report.exit_code, report.conclusion) == (2, conclusion), report
    assert "act/action.yml" in str(report.error)
    assert message in str(report.error)


NO_OPS = {
    "concurrency of the workflow": f"on: push\nconcurrency: {{group: a}}\njobs: {{job: {JOB}}}\n",
    "concurrency of a job": job("concurrency: one"),
    "max-parallel": job("strategy: {max-parallel: 1, matrix: {n: [1]}}"),
    "run-name": f"on: push\nrun-name: Something\njobs: {{job: {JOB}}}\n",
    "a service without an image": job(
        "services: {db: {image: '${{ vars.NONE }}', ports: ['5432'], options: --health-cmd=x}}"
    ),
    "a branch filter that matches": f"on: {{push: {{branches: [release/*, m*]}}}}\njobs: {{job: {JOB}}}\n",
}


@pytest.mark.parametrize("workflow", NO_OPS.values(), ids=NO_OPS)
def test_workflow__with_what_has_no_effect_here__runs(sandbox: Sandbox, workflow: str) -> None:
    report = sandbox.run(workflow)

    assert (report.conclusion, report.error) == ("success", None)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param({"cancel": ["jib"]}, "does not start: jib", id="a job to cancel"),
        pytest.param({"cancel_run_before": "jib"}, "does not start: jib", id="a job to cancel the run at"),
        pytest.param({"attempt": 2}, "attempt 2 needs the state of attempt 1", id="an attempt before"),
        pytest.param({"attempt": 0}, "attempts are counted from 1", id="attempt 0"),
        pytest.param({"rerun": "some"}, "'rerun' is 'some'", id="a choice"),
        pytest.param({"limit_s": 0.3}, "'sleeps' was still running", id="time"),
    ],
)
def test_execution__of_what_is_not_there__is_an_error_of_the_test(
    sandbox: Sandbox, settings: dict[str, Any], message: str
) -> None:
    """A misspelt job to cancel would make a test that tests nothing."""
    seconds = 60 if "limit_s" in settings else 0
    report = sandbox.steps(f"- {{name: sleeps, run: sleep {seconds}}}", **settings)

    assert (report.exit_code, report.conclusion) == (2, "bad_input")
    assert message in str(report.error)
