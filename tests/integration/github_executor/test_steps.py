"""How the steps of a job run: conditions, shells, environment, and what they tell the runner."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from github_executor.report import Job
from integration.github_executor.sandbox import Sandbox, script


def conclusions(job: Job) -> dict[str, str]:
    return {step.name: step.conclusion for step in job.steps}


def test_if__after_a_failed_step__only_steps_that_ask_for_it_run(sandbox: Sandbox) -> None:
    report = sandbox.steps("""
        - {name: fails, run: exit 1}
        - {name: next, run: 'true'}
        - {name: true as it is, if: true, run: 'true'}
        - {name: always, if: always(), run: 'true'}
        - {name: on failure, if: failure(), run: 'true'}
        - {name: not cancelled, if: '!cancelled()', run: 'true'}
        - {name: on success, if: success(), run: 'true'}
        - {name: a status in a string, if: "'always()' != ''", run: 'true'}
        """)

    assert conclusions(report.job("job")) == {
        "fails": "failure",
        "next": "skipped",
        "true as it is": "skipped",
        "always": "success",
        "on failure": "success",
        "not cancelled": "success",
        "on success": "skipped",
        "a status in a string": "skipped",
    }
    assert report.job("job").result == "failure"


def test_continue_on_error__of_a_step__outcome_and_conclusion_differ(sandbox: Sandbox) -> None:
    report = sandbox.steps("""
        - {id: shaky, run: exit 1, continue-on-error: true}
        - {id: off, if: false, run: 'true'}
        - run: echo "$SHAKY $OFF"
          env:
            SHAKY: ${{ steps.shaky.outcome }} ${{ steps.shaky.conclusion }}
            OFF: ${{ steps.off.outcome }} ${{ steps.off.conclusion }}
        """)

    assert report.job("job").log == "failure success skipped skipped\n"
    assert report.job("job").result == "success"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("steps.s.outputs.n == 10", "success", id="a string equals a number of its value"),
        pytest.param("steps.s.outputs.n == '10'", "success", id="a string equals a string"),
        pytest.param("steps.s.outputs.word == 'hello'", "success", id="letters' case does not matter"),
        pytest.param("${{ steps.s.outputs.n }} == 11", "success", id="half an expression is a true string"),
        pytest.param("steps.s.outputs.none", "skipped", id="an empty output is false"),
        pytest.param("steps.s.outputs.zero", "success", id="the string 0 is true"),
        pytest.param("contains(fromJSON('[1, 2]'), 2) && !contains('abc', 'd')", "success", id="contains"),
    ],
)
def test_if__comparisons__follow_githubs_coercions(sandbox: Sandbox, condition: str, expected: str) -> None:
    report = sandbox.steps(f"""
        - {{id: s, run: 'printf "n=10\\nword=Hello\\nzero=0\\n" >> "$GITHUB_OUTPUT"'}}
        - {{name: asked, if: "{condition}", run: 'true'}}
        """)

    assert report.job("job").step("asked").conclusion == expected


def test_if__an_expression_breaks__fails_the_step(sandbox: Sandbox) -> None:
    report = sandbox.steps("- {name: asked, if: \"fromJSON('{')\", run: 'true'}")

    assert report.job("job").step("asked").conclusion == "failure"
    assert "fromJson" in report.job("job").annotations[0].message


SHELLS = """
    - {name: default, run: 'false | true; echo after', continue-on-error: true}
    - {name: bash, shell: bash, run: 'false | true; echo after', continue-on-error: true}
    - {name: sh, shell: sh, run: 'false; echo after', continue-on-error: true}
    - {name: python, shell: python, run: 'import sys; print(sys.argv[0][-3:])', continue-on-error: true}
    - {name: custom, shell: 'bash -u {0}', run: 'false; echo after', continue-on-error: true}
    - {name: unknown, shell: fish, run: 'true', continue-on-error: true}
    """


def test_shell__each__has_githubs_flags(sandbox: Sandbox) -> None:
    """Without ``shell`` there is no pipefail; with ``shell: bash`` there is."""
    report = sandbox.steps(SHELLS, environment={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"})

    steps = {step.name: step for step in report.job("job").steps}
    assert {name: step.outcome for name, step in steps.items()} == {
        "default": "success",
        "bash": "failure",
        "sh": "failure",
        "python": "success",
        "custom": "success",
        "unknown": "failure",
    }
    assert {name: step.log for name, step in steps.items()} == {
        "default": "after\n",
        "bash": "",
        "sh": "",
        "python": ".py\n",
        "custom": "after\n",
        "unknown": "",
    }
    assert "Invalid shell option" in steps["unknown"].annotations[0].message


def test_shell__from_defaults__counts_as_given(sandbox: Sandbox) -> None:
    report = sandbox.run("""
        defaults: {run: {shell: sh, working-directory: one}}
        jobs:
          job:
            runs-on: ubuntu-24.04
            defaults: {run: {shell: bash}}
            steps:
              - {name: make, working-directory: ., run: mkdir -p one two}
              - {name: default, run: 'basename "$PWD"; shopt -o pipefail'}
              - {name: own, working-directory: two, run: 'basename "$PWD"'}
              - {name: missing, working-directory: three, run: 'true'}
          other:
            runs-on: ubuntu-24.04
            steps:
              - {working-directory: ., run: mkdir one}
              - {name: sh, run: 'basename "$PWD"; tr "\\0" " " < /proc/$$/cmdline | cut -c1-5'}
        """)

    assert report.job("job").step("default").log == "one\npipefail       \ton\n"
    assert report.job("job").step("own").log == "two\n"
    assert "No such file or directory" in report.job("job").step("missing").annotations[0].message
    assert report.job("other").step("sh").log == "one\nsh -e\n"


def test_environment__at_all_levels__the_nearest_wins_and_githubs_own_cannot_be_set(sandbox: Sandbox) -> None:
    report = sandbox.run("""
        env: {A: workflow, B: workflow, C: workflow, GITHUB_SHA: mine}
        jobs:
          job:
            runs-on: ubuntu-24.04
            env: {B: job, C: job, FROM_CONTEXT: '${{ github.job }}'}
            steps:
              - {run: 'printf "D=file\\nC=file\\n" >> "$GITHUB_ENV"; echo "$D"'}
              - run: echo "$A $B $C $D $FROM_CONTEXT ${{ env.C }} ${#GITHUB_SHA}"
                env: {C: step}
              - run: echo "$C"
        """)

    assert report.job("job").log == "\nworkflow job step file job step 40\nfile\n"


def test_environment__of_the_host__does_not_leak_in(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAK", "yes")

    report = sandbox.steps("- run: env", environment={"PATH": "/usr/bin:/bin", "NAMED": "yes"})

    names = {line.partition("=")[0] for line in report.job("job").log.splitlines()}
    assert "LEAK" not in names
    assert {name for name in names if not name.startswith(("GITHUB_", "RUNNER_"))} == {
        *("PATH", "NAMED", "HOME", "CI"),
        *("PWD", "SHLVL", "_"),
    }


def test_file_commands__in_all_forms__are_read(sandbox: Sandbox) -> None:
    report = sandbox.steps(
        script(
            'echo "plain=a=b<<c" >> "$GITHUB_OUTPUT"',
            'printf "block<<END\\none\\n\\ntwo=2\\nEND\\nempty=\\nlast<<END\\nend\\nEND\\n" >> "$GITHUB_OUTPUT"',
            'mkdir bin; printf "#!/bin/sh\\necho mine" > bin/tool; chmod +x bin/tool',
            'echo "$PWD/bin" >> "$GITHUB_PATH"',
        )
        + "- run: tool"
    )

    assert report.job("job").steps[0].outputs == {
        "plain": "a=b<<c",
        "block": "one\n\ntwo=2",
        "empty": "",
        "last": "end",
    }
    assert report.job("job").steps[1].log == "mine\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("nonsense", "Invalid format 'nonsense'", id="neither form"),
        pytest.param("a<<END", "Matching delimiter not found 'END'", id="a block without an end"),
    ],
)
def test_file_commands__malformed__fail_the_step(sandbox: Sandbox, line: str, message: str) -> None:
    report = sandbox.steps(f'- {{name: writes, run: \'echo "{line}" >> "$GITHUB_OUTPUT"\'}}')

    step = report.job("job").step("writes")
    assert step.conclusion == "failure"
    assert message in step.annotations[-1].message


def test_workflow_commands__on_the_output__become_annotations(sandbox: Sandbox) -> None:
    report = sandbox.steps(
        script(
            'echo "::error file=app.py,line=3,endLine=4,col=5,title=Bad%2C bad::one%0Atwo"',
            'echo "::warning::careful" >&2',
            'echo "  ::notice::noted"',
            'echo "::debug::hidden"',
            'echo "not ::error::this"',
            'echo "::stop-commands::token"; echo "::error::nor this"; echo "::error::nor that"; echo "::token::"',
            'echo "::notice::again"',
        )
        + "- {name: fails, run: exit 7}"
    )

    found = [(a.level, a.message, a.title, a.path, a.line, a.end_line, a.column) for a in report.job("job").annotations]
    assert found == [
        ("failure", "one\ntwo", "Bad, bad", "app.py", 3, 4, 5),
        ("warning", "careful", None, None, None, None, None),
        ("notice", "noted", None, None, None, None, None),
        ("notice", "again", None, None, None, None, None),
        ("failure", "Process completed with exit code 7.", None, None, None, None, None),
    ]


def test_masks__secrets_and_added_ones__are_shown_nowhere(sandbox: Sandbox) -> None:
    report = sandbox.jobs(
        """
        job:
          runs-on: ubuntu-24.04
          outputs: {told: '${{ steps.s.outputs.told }}', plain: 'ok'}
          steps:
            - id: s
              name: with ${{ secrets.KEY }}
              env: {KEY: '${{ secrets.KEY }}'}
              run: |
                echo "early dynamic"
                echo "::add-mask::dynamic"
                echo "late dynamic $KEY ${{ github.token }}"
                echo "::error::leaks $KEY"
                echo "in $KEY" >> "$GITHUB_STEP_SUMMARY"
                echo "told=$KEY" >> "$GITHUB_OUTPUT"
        """,
        secrets={"KEY": "s3cret"},
    )

    job = report.job("job")
    assert job.log == "early dynamic\n::add-mask::***\nlate *** *** ***\n::error::leaks ***\n"
    assert (job.summary, job.steps[0].name) == ("in ***\n", "with ***")
    assert [a.message for a in job.annotations] == ["Skip output 'told' since it may contain secret.", "leaks ***"]
    assert report.results["job"].outputs == {"plain": "ok"}


def test_summary__of_several_steps__is_one_page_without_what_is_too_long(sandbox: Sandbox) -> None:
    report = sandbox.steps("""
        - run: echo '# one' >> "$GITHUB_STEP_SUMMARY"
        - run: head -c 1048577 /dev/zero >> "$GITHUB_STEP_SUMMARY"
        - run: echo '# two' > "$GITHUB_STEP_SUMMARY"
        """)

    assert report.job("job").summary == "# one\n# two\n"
    assert "supports content up to a size of 1024k, got 1024k" in report.job("job").annotations[0].message
    assert report.job("job").result == "success"


def test_timeout__of_a_step__fails_it_and_ends_what_it_started(sandbox: Sandbox) -> None:
    report = sandbox.steps(
        """
        - {name: sleeps, timeout-minutes: 1, run: 'sleep 60 & echo $! > pid; wait'}
        - {name: on failure, if: failure(), run: '! grep sleep "/proc/$(cat pid)/cmdline"'}
        """,
        minute_s=0.3,
    )

    assert conclusions(report.job("job")) == {"sleeps": "failure", "on failure": "success"}
    assert "has timed out after 1 minutes" in report.job("job").annotations[0].message


def test_contexts__of_a_pull_request__are_githubs(sandbox: Sandbox) -> None:
    payload = {"action": "opened", "pull_request": {"base": {"ref": "main"}, "head": {"ref": "topic"}, "number": 7}}
    report = sandbox.run(
        """
        name: The name
        on: {pull_request: {branches: [main]}}
        jobs:
          job:
            runs-on: ubuntu-24.04
            steps:
              - run: |
                  printf '%s\\n' "$GITHUB_BASE_REF" "$GITHUB_HEAD_REF" "$GITHUB_REF_NAME" "$GITHUB_WORKFLOW"
                  printf '%s\\n' "$N" "$W" "$F"
                env:
                  N: ${{ github.event.pull_request.number }}
                  W: ${{ job.workflow_repository }} ${{ job.workflow_ref }} ${{ job.workflow_sha == github.sha }}
                  F: ${{ hashFiles('*.lock') }}|${{ runner.os }}|${{ vars.V }}|${{ job.status }}
              - run: grep -o opened "$GITHUB_EVENT_PATH"
        """,
        event="pull_request",
        payload=payload,
        ref="refs/pull/7/merge",
        variables={"V": "variable"},
    )

    assert report.job("job").log.splitlines() == [
        *("main", "topic", "7/merge", "The name", "7"),
        "acme/app acme/app/.github/workflows/ci.yml@refs/pull/7/merge true",
        "|Linux|variable|success",
        "opened",
    ]


def test_dispatch__inputs__are_typed(sandbox: Sandbox) -> None:
    workflow = """
        on:
          workflow_dispatch:
            inputs:
              word: {type: string, default: none}
              flag: {type: boolean}
              level: {type: choice, options: [low, high], required: true}
        jobs:
          job:
            runs-on: ubuntu-24.04
            steps: [{run: 'echo ${{ inputs.word }} ${{ inputs.flag && 1 || 0 }} ${{ inputs.level }}'}]
        """

    good = sandbox.run(workflow, event="workflow_dispatch", inputs={"flag": "false", "level": "high"})
    bad = sandbox.run(workflow, event="workflow_dispatch", inputs={"level": "medium"})

    assert good.job("job").log == "none 0 high\n"
    assert (bad.exit_code, bad.conclusion) == (2, "startup_failure")
    assert "'medium' for input 'level' not in the list" in str(bad.error)
