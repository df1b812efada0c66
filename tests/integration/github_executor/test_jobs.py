"""Which jobs run, and what their dependants see: GitHub's rules for needs, if, matrices and cancellation."""

from __future__ import annotations

from typing import Any

import pytest

from integration.github_executor.sandbox import JOB, Sandbox

BROKEN = "{runs-on: ubuntu-24.04, steps: [{run: exit 3}]}"


def test_needs__a_job_fails__its_dependants_are_skipped_down_the_chain_unless_they_ask(sandbox: Sandbox) -> None:
    report = sandbox.jobs(f"""
        broken: {BROKEN}
        next: {{needs: broken, runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        last: {{needs: next, runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        other: {JOB}
        always: {{needs: next, if: always(), runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        after-always: {{needs: always, runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        on-failure: {{needs: last, if: failure(), runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        on-no-failure: {{needs: other, if: failure(), runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        either: {{needs: next, if: success() || failure(), runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        not-cancelled: {{needs: last, if: '!cancelled()', runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        """)

    assert report.outcomes == {
        "broken": "failure",
        "next": "skipped",
        "last": "skipped",
        "other": "success",
        "always": "success",
        "after-always": "skipped",
        "on-failure": "success",
        "on-no-failure": "skipped",
        "either": "success",
        "not-cancelled": "success",
    }
    assert (report.conclusion, report.exit_code) == ("failure", 1)


def test_needs__a_skipped_job__its_dependants_are_skipped_and_the_run_succeeds(sandbox: Sandbox) -> None:
    report = sandbox.jobs(f"""
        first: {JOB}
        off: {{if: github.event_name == 'pull_request', runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        next: {{needs: [first, off], runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        either: {{needs: off, if: success() || failure(), runs-on: ubuntu-24.04, steps: [{{run: 'true'}}]}}
        """)

    assert report.outcomes == {"first": "success", "off": "skipped", "next": "skipped", "either": "skipped"}
    assert (report.conclusion, report.exit_code) == ("success", 0)


def test_needs__results_and_outputs__reach_direct_dependants_only(sandbox: Sandbox) -> None:
    report = sandbox.jobs("""
        one:
          runs-on: ubuntu-24.04
          outputs: {said: '${{ steps.say.outputs.word }}', nothing: '${{ steps.say.outputs.none }}'}
          steps: [{id: say, run: 'echo "word=hello" >> "$GITHUB_OUTPUT"'}]
        two: {needs: one, runs-on: ubuntu-24.04, steps: [{run: exit 1}]}
        gate:
          needs: [two]
          if: always() && contains(needs.*.result, 'failure')
          runs-on: ubuntu-24.04
          steps: [{run: 'echo "$NEEDS"', env: {NEEDS: '${{ toJSON(needs) }}'}}]
        heir:
          needs: [one]
          runs-on: ubuntu-24.04
          steps: [{run: 'echo "$NEEDS"', env: {NEEDS: '${{ toJSON(needs) }}'}}]
        """)

    assert report.results["one"].outputs == {"said": "hello"}
    assert "".join(report.job("gate").log.split()) == '{"two":{"result":"failure","outputs":{}}}'
    assert "".join(report.job("heir").log.split()) == '{"one":{"result":"success","outputs":{"said":"hello"}}}'


def test_continue_on_error__of_a_job__hides_its_failure_from_dependants(sandbox: Sandbox) -> None:
    report = sandbox.jobs("""
        shaky: {runs-on: ubuntu-24.04, continue-on-error: true, steps: [{run: exit 1}]}
        next: {needs: shaky, runs-on: ubuntu-24.04, steps: [{run: 'echo ${{ needs.shaky.result }}'}]}
        """)

    assert (report.job("shaky").outcome, report.job("shaky").result) == ("failure", "success")
    assert report.job("next").log == "success\n"
    assert report.conclusion == "success"


@pytest.mark.parametrize(
    "line",
    [
        "continue-on-error: ${{ vars.WORD }}",
        "timeout-minutes: ${{ vars.WORD }}",
        'strategy: {fail-fast: "${{ vars.WORD }}"}',
    ],
)
def test_value__of_another_type__fails_the_job(sandbox: Sandbox, line: str) -> None:
    job = f"job:\n  runs-on: ubuntu-24.04\n  steps: [{{run: 'true'}}]\n  {line}\n"
    report = sandbox.jobs(job, variables={"WORD": "yes"})

    assert report.outcomes == {"job": "failure"}
    assert "Unexpected value 'yes'" in report.job("job").annotations[0].message


@pytest.mark.parametrize(
    ("matrix", "names"),
    [
        pytest.param("{python: [3.10, '3.10']}", ["job (3.1)", "job (3.10)"], id="an unquoted version is a number"),
        pytest.param(
            "{os: [a, b], python: [1, 2]}",
            ["job (a, 1)", "job (a, 2)", "job (b, 1)", "job (b, 2)"],
            id="the first key turns slowest",
        ),
        pytest.param(
            "{os: [a, b], python: [1, 2], exclude: [{os: a, python: 2}]}",
            ["job (a, 1)", "job (b, 1)", "job (b, 2)"],
            id="exclude",
        ),
        pytest.param("{os: [a], exclude: [{os: a}]}", ["job"], id="nothing is left: one job without a matrix"),
        pytest.param(
            "{os: [a, b], include: [{os: b, extra: x}, {extra: y, colour: red}, {os: c}]}",
            ["job (a)", "job (b)", "job (c)"],
            id="include adds to what it does not contradict",
        ),
        pytest.param("{include: [{os: a, flag: true}, {os: b}]}", ["job (a, true)", "job (b)"], id="include alone"),
        pytest.param("{target: [{os: a, python: [1, 2]}]}", ["job (a, 1, 2)"], id="the leaves of structures"),
        pytest.param('${{ fromJSON(\'{"os":["a","b"]}\') }}', ["job (a)", "job (b)"], id="from JSON"),
    ],
)
def test_matrix__of_any_shape__has_githubs_legs_and_names(sandbox: Sandbox, matrix: str, names: list[str]) -> None:
    report = sandbox.jobs(f"""
        job:
          strategy:
            matrix: {matrix}
          runs-on: ubuntu-24.04
          steps: [{{run: 'true'}}]
        """)

    assert report.error is None
    assert [job.name for job in report.jobs] == names


def test_matrix__includes__are_in_the_matrix_context_of_their_legs(sandbox: Sandbox) -> None:
    report = sandbox.jobs("""
        job:
          strategy: {matrix: {os: [a, b], include: [{extra: all}, {os: b, extra: own}, {os: c, extra: new}]}}
          runs-on: ubuntu-24.04
          steps: [{run: "echo '${{ toJSON(matrix) }}' '${{ strategy.job-index }}/${{ strategy.job-total }}'"}]
        """)

    assert ["".join(job.log.split()) for job in report.jobs] == [
        '{"os":"a","extra":"all"}0/3',
        '{"os":"b","extra":"own"}1/3',
        '{"os":"c","extra":"new"}2/3',
    ]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        pytest.param("{n: '${{ fromJSON(needs.plan.outputs.legs) }}'}", "'n' does not contain any values", id="vector"),
        pytest.param("{include: '${{ fromJSON(needs.plan.outputs.legs) }}'}", "at least one vector", id="include"),
        pytest.param("{n: [1], exclude: [{m: 1}]}", "'m' does not match any key", id="exclude of an unknown key"),
    ],
)
def test_matrix__without_a_leg__fails_the_job(sandbox: Sandbox, matrix: str, message: str) -> None:
    report = sandbox.jobs(f"""
        plan:
          runs-on: ubuntu-24.04
          outputs: {{legs: '${{{{ steps.s.outputs.legs }}}}'}}
          steps: [{{id: s, run: 'echo "legs=[]" >> "$GITHUB_OUTPUT"'}}]
        job:
          needs: plan
          strategy: {{matrix: {matrix}}}
          runs-on: ubuntu-24.04
          steps: [{{run: 'true'}}]
        """)

    assert report.outcomes == {"plan": "success", "job": "failure"}
    assert message in report.job("job").annotations[0].message


def test_matrix__a_leg_fails__the_queued_legs_are_cancelled_and_the_job_failed(sandbox: Sandbox) -> None:
    jobs = """
        job:
          strategy: {matrix: {n: [1, 2, 3]}, fail-fast: %s}
          runs-on: ubuntu-24.04
          continue-on-error: ${{ matrix.n == %d }}
          steps: [{run: 'test ${{ matrix.n }} != 2'}]
        after: {needs: job, if: always(), runs-on: ubuntu-24.04, steps: [{run: 'echo ${{ needs.job.result }}'}]}
        """

    fast = sandbox.jobs(jobs % ("true", 0))
    slow = sandbox.jobs(jobs % ("false", 0))
    excused = sandbox.jobs(jobs % ("true", 2))

    assert fast.outcomes == {"job (1)": "success", "job (2)": "failure", "job (3)": "cancelled", "after": "success"}
    assert slow.outcomes == {"job (1)": "success", "job (2)": "failure", "job (3)": "success", "after": "success"}
    assert set(excused.outcomes.values()) == {"success"}
    assert [report.job("after").log for report in (fast, slow, excused)] == ["failure\n", "failure\n", "success\n"]


def test_matrix__outputs_of_the_legs__are_one_set_where_the_last_value_wins(sandbox: Sandbox) -> None:
    report = sandbox.jobs("""
        job:
          strategy: {matrix: {n: [1, 2]}}
          runs-on: ubuntu-24.04
          outputs:
            same: ${{ steps.s.outputs.same }}
            one: ${{ steps.s.outputs.o1 }}
            two: ${{ steps.s.outputs.o2 }}
          steps: [{id: s, run: 'printf "same=$N\\no$N=$N\\n" >> "$GITHUB_OUTPUT"', env: {N: '${{ matrix.n }}'}}]
        """)

    assert report.results["job"].outputs == {"same": "2", "one": "1", "two": "2"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, ["Tests of one", "Tests of two"], id="of a leg"),
        pytest.param({"event": "workflow_dispatch"}, ["Tests of ${{ matrix.part }}"], id="of a skipped job"),
    ],
)
def test_name__with_an_expression__is_taken_as_it_is(
    sandbox: Sandbox, settings: dict[str, Any], expected: list[str]
) -> None:
    report = sandbox.run(
        """
        on: [push, workflow_dispatch]
        jobs:
          job:
            name: Tests of ${{ matrix.part }}
            if: github.event_name == 'push'
            strategy: {matrix: {part: [one, two], deep: [{a: b}]}}
            runs-on: ubuntu-24.04
            steps: [{run: 'true'}]
        """,
        **settings,
    )

    assert [job.name for job in report.jobs] == expected


def test_name__without_expressions__gets_the_legs_values_and_is_cut_at_100_characters(sandbox: Sandbox) -> None:
    report = sandbox.jobs(f"""
        job:
          name: Tests
          strategy: {{matrix: {{part: [one, {'x' * 120}]}}}}
          runs-on: ubuntu-24.04
          steps: [{{run: 'true'}}]
        """)

    assert [job.name for job in report.jobs] == ["Tests (one)", f"Tests ({'x' * 90}..."]


CANCELLED = """
    tests:
      strategy: {matrix: {n: [1, 2]}}
      runs-on: ubuntu-24.04
      steps: [{run: 'true'}]
    next: {needs: tests, runs-on: ubuntu-24.04, steps: [{run: 'true'}]}
    careless: {needs: tests, if: '!cancelled()', runs-on: ubuntu-24.04, steps: [{run: 'true'}]}
    on-failure: {needs: tests, if: failure(), runs-on: ubuntu-24.04, steps: [{run: 'true'}]}
    gate: {needs: tests, if: always(), runs-on: ubuntu-24.04, steps: [{run: 'echo ${{ needs.tests.result }}'}]}
    """


def test_cancel__one_leg__its_dependants_see_cancelled(sandbox: Sandbox) -> None:
    report = sandbox.jobs(CANCELLED, cancel=["tests (2)"])

    assert report.outcomes == {
        "tests (1)": "success",
        "tests (2)": "cancelled",
        "next": "skipped",
        "careless": "success",
        "on-failure": "skipped",
        "gate": "success",
    }
    assert (report.job("gate").log, report.conclusion, report.exit_code) == ("cancelled\n", "cancelled", 1)


def test_cancel__the_whole_run__only_always_goes_on(sandbox: Sandbox) -> None:
    """With ``!cancelled()`` a gate would be skipped, and a skipped check passes."""
    report = sandbox.jobs(CANCELLED, cancel_run_before="tests")

    assert report.outcomes == {
        "tests": "cancelled",
        "next": "skipped",
        "careless": "cancelled",
        "on-failure": "skipped",
        "gate": "success",
    }
    assert report.job("gate").log == "cancelled\n"


def test_timeout__of_a_job__cancels_it_and_still_runs_what_runs_always(sandbox: Sandbox) -> None:
    report = sandbox.jobs(
        """
        slow:
          runs-on: ubuntu-24.04
          timeout-minutes: 1
          steps:
            - {name: sleeps, run: sleep 60}
            - {name: next, run: 'true'}
            - {name: on failure, if: failure(), run: 'true'}
            - {name: cleans up, if: always(), run: 'true'}
            - {name: on cancel, if: cancelled(), run: 'true'}
        gate: {needs: slow, if: always(), runs-on: ubuntu-24.04, steps: [{run: 'echo ${{ needs.slow.result }}'}]}
        """,
        minute_s=0.3,
    )

    slow = report.job("slow")
    assert {step.name: step.conclusion for step in slow.steps} == {
        "sleeps": "cancelled",
        "next": "skipped",
        "on failure": "skipped",
        "cleans up": "success",
        "on cancel": "success",
    }
    assert (slow.result, report.job("gate").log) == ("cancelled", "cancelled\n")


def test_orphans__a_program_that_a_step_leaves_behind__ends_with_the_job(sandbox: Sandbox) -> None:
    report = sandbox.jobs("""
        leaves:
          runs-on: ubuntu-24.04
          outputs: {pid: '${{ steps.start.outputs.pid }}'}
          steps:
            - id: start
              run: |
                sleep 300 & echo "pid=$!" >> "$GITHUB_OUTPUT"
                until grep -q sleep /proc/$!/cmdline; do :; done
            - {name: it lives on, run: 'grep sleep /proc/${{ steps.start.outputs.pid }}/cmdline'}
        after:
          needs: leaves
          runs-on: ubuntu-24.04
          steps: [{run: '! grep sleep /proc/${{ needs.leaves.outputs.pid }}/cmdline'}]
        """)

    assert report.outcomes == {"leaves": "success", "after": "success"}
