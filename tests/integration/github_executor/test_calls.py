"""Workflows that call workflows, actions made of steps, and where each finds its files."""

from __future__ import annotations

import pytest

from integration.github_executor.sandbox import JOB, Sandbox
from repositories import GitProject

KIT = ".github/workflows/kit.yml"
ACTION = """
    name: say
    description: says where it is
    inputs: {word: {description: a word, default: none}}
    outputs: {said: {description: what was said, value: '${{ steps.say.outputs.said }}'}}
    runs:
      using: composite
      steps:
        - id: say
          shell: bash
          env: {WORD: '${{ inputs.word }}'}
          run: |
            echo "said=$WORD" >> "$GITHUB_OUTPUT"
            cat "$GITHUB_ACTION_PATH/where" || true
    """


def kit(sandbox: Sandbox, uses: str) -> GitProject:
    """The repository ``acme/kit`` with a reusable workflow that uses its own action."""
    return sandbox.repository(
        "kit",
        {
            KIT: f"""
                on: {{workflow_call: }}
                jobs:
                  inner:
                    runs-on: ubuntu-24.04
                    steps:
                      - {{id: own, uses: {uses}, with: {{word: hello}}}}
                      - run: echo "${{{{ steps.own.outputs.said }}}} ${{{{ job.workflow_repository }}}}"
                """,
            "say/action.yml": ACTION,
            "say/where": "in the kit\n",
        },
    )


CALL = f"jobs: {{call: {{uses: acme/kit/{KIT}@main}}}}"


def test_self_repository__in_a_called_workflow__is_the_called_workflows_own_commit(sandbox: Sandbox) -> None:
    project = kit(sandbox, "$/say")
    project.git("tag", "v1")
    project.commit({"say/where": "in a later commit\n"})

    report = sandbox.run(CALL.replace("@main", "@v1"), repositories={"acme/kit@v1": project.root})

    assert report.outcomes == {"call / inner": "success"}
    assert report.job("call / inner").log == "in the kit\nhello acme/kit\n"


def test_dot_slash__in_a_workflow_called_from_elsewhere__is_the_callers_workspace(sandbox: Sandbox) -> None:
    """Every consumer's run breaks, or, worse, runs what lies there in the consumer's repository."""
    lent = {"acme/kit@main": kit(sandbox, "./say").root}

    empty = sandbox.run(CALL, repositories=lent)
    checked_out = """
        jobs:
          job:
            runs-on: ubuntu-24.04
            steps: [{uses: actions/checkout@v4}, {uses: ./say}]
        """
    own = sandbox.run(checked_out, {"say/action.yml": ACTION, "say/where": "in the app\n"}, repositories=lent)

    assert empty.outcomes == {"call / inner": "failure"}
    assert "Can't find 'action.yml'" in empty.job("call / inner").annotations[0].message
    assert "Did you forget to run actions/checkout" in empty.job("call / inner").annotations[0].message
    assert own.job("job").step("say").log == "in the app\n"


def test_self_repository__missing_action__fails_the_job_before_its_first_step(sandbox: Sandbox) -> None:
    report = sandbox.steps("- run: 'true'\n- {if: false, uses: $/nowhere}")

    assert (report.job("job").result, report.job("job").steps) == ("failure", ())
    assert "Can't find 'action.yml'" in report.job("job").annotations[0].message


def test_self_repository__in_a_nested_action__is_that_actions_repository(sandbox: Sandbox) -> None:
    other = sandbox.repository(
        "other",
        {
            "outer/action.yml": """
                name: outer
                description: uses its neighbour
                outputs: {said: {description: said, value: '${{ steps.inner.outputs.said }}'}}
                runs:
                  using: composite
                  steps: [{id: inner, uses: $/say, with: {word: nested}}]
                """,
            "say/action.yml": ACTION,
            "say/where": "in the other\n",
        },
    )

    report = sandbox.steps(
        """
        - {id: o, uses: acme/other/outer@main}
        - run: echo ${{ steps.o.outputs.said }} ${{ steps.inner.outputs.said }}
        """,
        {"say/action.yml": ACTION, "say/where": "in the app\n"},
        repositories={"acme/other@main": other.root},
    )

    assert report.job("job").log == "in the other\nnested\n"


def test_composite__its_steps__have_a_status_an_environment_and_outputs_of_their_own(sandbox: Sandbox) -> None:
    action = """
        name: tries
        description: fails in the middle
        inputs: {who: {description: who, required: true}, other: {description: other, default: '${{ github.job }}'}}
        outputs: {done: {description: done, value: '${{ steps.last.outputs.done }}'}}
        runs:
          using: composite
          steps:
            - name: inner first
              shell: bash
              run: echo "$SET ${{ inputs.who }} ${{ inputs.other }} ${{ env.SET }}"
            - {name: excused, shell: bash, run: exit 1, continue-on-error: true}
            - {name: inner fails, if: inputs.who == 'bad', shell: bash, run: exit 1}
            - {name: inner next, shell: bash, run: 'true'}
            - {id: last, if: always(), shell: bash, run: 'echo "done=${{ inputs.who }}" >> "$GITHUB_OUTPUT"'}
            - {name: sets, if: always(), shell: bash, run: 'echo "LATER=yes" >> "$GITHUB_ENV"'}
        """
    report = sandbox.run(
        """
        defaults: {run: {working-directory: elsewhere}}
        jobs:
          job:
            runs-on: ubuntu-24.04
            steps:
              - {name: fails, working-directory: ., run: exit 1}
              - {name: good, id: good, if: always(), uses: $/tries, with: {who: good, extra: 1}, env: {SET: outer}}
              - {name: bad, id: bad, if: always(), uses: $/tries, with: {who: bad}}
              - name: outputs
                if: always()
                working-directory: .
                run: echo "${{ steps.good.outputs.done }} ${{ steps.bad.outputs.done }} $LATER $SET"
        """,
        {"tries/action.yml": action},
    )

    job = report.job("job")
    assert [step.conclusion for step in job.steps] == ["failure", "success", "failure", "success"]
    assert [(step.name, step.conclusion) for step in job.step("bad").steps[1:4]] == [
        ("excused", "success"),
        ("inner fails", "failure"),
        ("inner next", "skipped"),
    ]
    assert job.step("good").steps[0].log == "outer good job outer\n"
    assert job.step("outputs").log == "good bad yes \n"
    assert "Unexpected input(s) 'extra', valid inputs are ['who', 'other']" in job.annotations[1].message


CALLED = """
    on:
      workflow_call:
        inputs:
          word: {type: string, required: true}
          flag: {type: boolean, default: true}
          number: {type: number}
        secrets: {KEY: {required: %s}}
        outputs: {said: {value: '${{ jobs.inner.outputs.said }}'}, result: {value: '${{ jobs.inner.result }}'}}
    env: {HERE: called}
    jobs:
      inner:
        name: The inner one
        strategy: {matrix: {n: [1]}}
        runs-on: ubuntu-24.04
        outputs: {said: '${{ steps.s.outputs.said }}'}
        steps:
          - id: s
            run: echo "said=${{ inputs.word }} ${{ inputs.flag }} ${{ inputs.number }} $HERE $THERE" >> "$GITHUB_OUTPUT"
          - run: test "${{ secrets.KEY }}" = s3cret && echo "has the secret"
            continue-on-error: true
    """


@pytest.mark.parametrize("secrets", ["inherit", "{KEY: '${{ secrets.KEY }}'}"])
def test_call__inputs_secrets_and_outputs__pass_both_ways(sandbox: Sandbox, secrets: str) -> None:
    report = sandbox.run(
        f"""
        env: {{THERE: caller}}
        jobs:
          call:
            strategy: {{matrix: {{w: [hello]}}}}
            uses: ./{KIT}
            with: {{word: '${{{{ matrix.w }}}}', number: 3}}
            secrets: {secrets}
          after:
            needs: call
            runs-on: ubuntu-24.04
            steps: [{{run: 'echo "${{{{ needs.call.outputs.said }}}} ${{{{ needs.call.outputs.result }}}}"'}}]
        """,
        {KIT: CALLED % "true"},
        secrets={"KEY": "s3cret"},
    )

    assert report.outcomes == {"call (hello) / The inner one (1)": "success", "after": "success"}
    # The caller's env does not reach the called workflow.
    assert report.job("after").log == "hello true 3 called  success\n"
    assert "has the secret" in report.job("call (hello) / The inner one (1)").log


def test_call__without_secrets__the_called_workflow_has_none(sandbox: Sandbox) -> None:
    report = sandbox.jobs(
        f"call: {{uses: ./{KIT}, with: {{word: x}}}}", {KIT: CALLED % "false"}, secrets={"KEY": "s3cret"}
    )

    assert "has the secret" not in report.job("call / The inner one (1)").log


def test_call__a_called_job_fails__the_calling_job_failed(sandbox: Sandbox) -> None:
    report = sandbox.jobs(
        f"""
        call: {{uses: ./{KIT}}}
        off: {{if: false, uses: ./{KIT}}}
        next: {{needs: call, runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        """,
        {KIT: f"""
                on: workflow_call
                jobs:
                  good: {JOB}
                  bad: {{runs-on: ubuntu-24.04, steps: [{{run: exit 1}}]}}
                  after: {{needs: bad, runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
                """},
    )

    assert report.outcomes == {
        "call / good": "success",
        "call / bad": "failure",
        "call / after": "skipped",
        "off": "skipped",
        "next": "skipped",
    }
    assert report.results["call"].result == "failure"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param("with: {}", "Input word is required, but not provided", id="required input"),
        pytest.param("with: {word: a, wrod: b}", "Invalid input, wrod is not defined", id="unknown input"),
        pytest.param("with: {word: a, flag: 'yes'}", "Unexpected value 'yes'", id="a string for a boolean"),
        pytest.param("with: {word: a, number: three}", "Unexpected value 'three'", id="a string for a number"),
        pytest.param("secrets: {OTHER: x}\nwith: {word: a}", "Invalid secret, OTHER", id="unknown secret"),
        pytest.param("secrets: {}\nwith: {word: a}", "Secret KEY is required", id="required secret"),
    ],
)
def test_call__what_is_passed_does_not_fit__nothing_starts(sandbox: Sandbox, given: str, message: str) -> None:
    lines = given.replace("\n", "\n  ")
    if "secrets" not in given:
        lines += "\n  secrets: inherit"
    report = sandbox.jobs(f"call:\n  uses: ./{KIT}\n  {lines}\nfirst: {JOB}\n", {KIT: CALLED % "true"})

    assert (report.exit_code, report.conclusion, report.jobs) == (2, "startup_failure", ())
    assert message in str(report.error)


def test_call__an_expression_has_the_wrong_type__fails_the_calling_job(sandbox: Sandbox) -> None:
    report = sandbox.jobs(
        f"call: {{uses: ./{KIT}, secrets: inherit, with: {{word: a, flag: '${{{{ github.ref_name }}}}'}}}}",
        {KIT: CALLED % "false"},
    )

    assert report.outcomes == {"call": "failure"}
    assert "Unexpected value 'main'" in report.job("call").annotations[0].message


@pytest.mark.parametrize(
    ("root", "call", "called", "inner", "message"),
    [
        pytest.param("", "", "", "", None, id="nothing is said"),
        pytest.param("", "", "permissions: {contents: read}", "", None, id="the default grants it"),
        pytest.param(
            "", "", "permissions: {actions: read}", "", "The workflow is requesting 'actions: read'", id="default"
        ),
        pytest.param("permissions: {actions: read}", "", "permissions: {actions: read}", "", None, id="granted by all"),
        pytest.param(
            "", "permissions: {actions: write}", "permissions: {actions: read}", "", None, id="less than granted"
        ),
        pytest.param(
            "permissions: write-all",
            "permissions: {}",
            "",
            "permissions: {contents: read}",
            "The nested job 'inner' is requesting 'contents: read', but is only allowed 'contents: none'",
            id="the calling job's permissions replace the workflow's",
        ),
        pytest.param("permissions: read-all", "", "", "permissions: {issues: write}", "'issues: write'", id="level"),
    ],
)
def test_permissions__a_called_workflow_asks_for_more_than_it_may_get__nothing_starts(
    sandbox: Sandbox, root: str, call: str, called: str, inner: str, message: str | None
) -> None:
    """Even where the call would be skipped."""
    report = sandbox.run(
        f"""
        {root}
        jobs:
          first: {JOB}
          call:
            if: github.event_name == 'never'
            uses: ./{KIT}
            {call}
        """,
        {KIT: f"on: workflow_call\n{called}\njobs:\n  inner:\n    runs-on: ubuntu-24.04\n    steps: []\n    {inner}\n"},
    )

    if message is None:
        assert report.outcomes == {"first": "success", "call": "skipped"}
    else:
        assert (report.exit_code, report.conclusion, report.jobs) == (2, "startup_failure", ())
        assert message in str(report.error)


def test_call__of_what_cannot_be_called__nothing_starts(sandbox: Sandbox) -> None:
    not_callable = sandbox.jobs(f"call: {{uses: ./{KIT}}}", {KIT: f"on: push\njobs: {{job: {JOB}}}\n"})
    missing = sandbox.jobs("call: {uses: ./.github/workflows/missing.yml}")
    endless = sandbox.jobs(
        f"call: {{uses: ./{KIT}}}", {KIT: f"on: workflow_call\njobs: {{again: {{uses: ./{KIT}}}}}\n"}
    )

    assert [report.conclusion for report in (not_callable, missing, endless)] == ["startup_failure"] * 3
    assert "workflow_call key is not defined" in str(not_callable.error)
    assert "workflow was not found" in str(missing.error)
    assert "depth exceeded" in str(endless.error)
