"""The doubles of the other actions keep the real ones' contracts."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from integration.github_executor.sandbox import Sandbox


def history(sandbox: Sandbox) -> None:
    """Two commits on main, a tag, another branch, and a file that was never added."""
    sandbox.project.commit({"kept.txt": "one\n"}, "one")
    sandbox.project.git("tag", "v1")
    sandbox.project.git("branch", "other")
    sandbox.project.commit({"kept.txt": "two\n"}, "two")


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        pytest.param("{}", ["three", "1", "main", "origin/main"], id="the run's commit alone"),
        pytest.param("{fetch-depth: 2}", ["three", "2", "main", "origin/main"], id="two commits"),
        pytest.param("{fetch-depth: 0}", ["three", "3", "main", "origin/main origin/other v1"], id="everything"),
        pytest.param("{ref: other}", ["one", "1", "other", "origin/other"], id="a branch"),
        pytest.param("{ref: v1}", ["one", "1", "HEAD", "v1"], id="a tag"),
        pytest.param("{path: deep/app}", ["three", "1", "main", "origin/main"], id="into a folder"),
    ],
)
def test_checkout__of_the_own_repository__has_the_asked_commits_and_refs(
    sandbox: Sandbox, options: str, lines: list[str]
) -> None:
    history(sandbox)
    folder = "deep/app" if "path" in options else "."
    report = sandbox.steps(
        f"""
        - {{uses: actions/checkout@v4, with: {options}}}
        - working-directory: {folder}
          run: |
            cat kept.txt
            git rev-list --count HEAD
            git rev-parse --abbrev-ref HEAD
            git for-each-ref --format='%(refname:lstrip=2)' refs/remotes refs/tags | sort | xargs
        """,
        {"kept.txt": "three\n"},
    )

    assert report.job("job").log.splitlines() == lines


def test_checkout__of_a_pull_request__is_its_merge_with_its_base_as_first_parent(sandbox: Sandbox) -> None:
    sandbox.project.commit({"kept.txt": "base\n"})
    base = sandbox.project.git("rev-parse", "HEAD")
    sandbox.project.git("checkout", "-q", "-b", "topic")
    report = sandbox.run(
        """
        on: pull_request
        jobs:
          job:
            runs-on: ubuntu-24.04
            steps:
              - {uses: actions/checkout@v4, with: {fetch-depth: 2}}
              - {run: 'git rev-parse HEAD^1; git diff --name-only HEAD^1 HEAD; git for-each-ref --format="%(refname)"'}
        """,
        event="pull_request",
        ref="refs/pull/7/merge",
        payload={"pull_request": {"base": {"ref": "main"}, "head": {"ref": "topic"}}},
    )

    assert report.job("job").log.splitlines() == [base, ".github/workflows/ci.yml", "refs/remotes/pull/7/merge"]


def test_checkout__of_another_repository__is_its_default_branch_or_the_asked_commit(sandbox: Sandbox) -> None:
    other = sandbox.repository("other", {"what.txt": "old\n"})
    old = other.git("rev-parse", "HEAD")
    other.commit({"what.txt": "new\n"})
    lent = {"acme/other@main": other.root}

    report = sandbox.steps(
        f"""
        - {{uses: actions/checkout@v4, with: {{repository: acme/other, path: new}}}}
        - {{id: old, uses: actions/checkout@v4, with: {{repository: acme/other, ref: {old}, path: old}}}}
        - run: cat new/what.txt old/what.txt; echo "${{{{ steps.old.outputs.commit }}}}"
        """,
        repositories=lent,
    )
    unknown = sandbox.steps("- {uses: actions/checkout@v4, with: {repository: acme/unknown}}")
    outside = sandbox.steps("- {uses: actions/checkout@v4, with: {path: ../out}}")
    no_ref = sandbox.steps("- {uses: actions/checkout@v4, with: {ref: none}}")

    assert report.job("job").log.splitlines() == ["new", "old", old]
    assert (unknown.conclusion, "acme/unknown" in str(unknown.error)) == ("unmodelled", True)
    assert "is not under" in outside.job("job").annotations[0].message
    assert "'none' could not be found" in no_ref.job("job").annotations[0].message


def test_checkout__the_token__stays_in_the_configuration_unless_it_may_not(sandbox: Sandbox) -> None:
    report = sandbox.steps("""
        - {uses: actions/checkout@v4, with: {path: keeps}}
        - {uses: actions/checkout@v4, with: {path: keeps-not, persist-credentials: false}}
        - run: for at in keeps keeps-not; do echo "$at $(git -C $at config --get-regexp extraheader | wc -l)"; done
        - run: echo "at=$PWD" >> "$GITHUB_OUTPUT"
          id: where
        """)

    job = report.job("job")
    assert job.log == "keeps 1\nkeeps-not 0\n"
    assert "extraheader" not in Path(job.step("where").outputs["at"], "keeps", ".git", "config").read_text()


def test_checkout__again__leaves_nothing_of_what_was_there(sandbox: Sandbox) -> None:
    report = sandbox.steps("- run: touch left\n- uses: actions/checkout@v4\n- run: ls -A")

    assert report.job("job").log.splitlines() == [".git", ".github"]


@pytest.mark.parametrize("option", ["submodules: true", "lfs: true", "sparse-checkout: src", "filter: 'blob:none'"])
def test_double__an_option_that_it_does_not_model__ends_the_execution(sandbox: Sandbox, option: str) -> None:
    report = sandbox.steps(f"- {{uses: actions/checkout@v4, with: {{{option}}}}}")

    assert (report.exit_code, report.conclusion) == (2, "unmodelled")
    assert f"the double does not model '{option.partition(':')[0]}" in str(report.error)


def test_setup_python__a_lent_interpreter__is_first_on_the_path(sandbox: Sandbox, tmp_path: Path) -> None:
    for name in ("python", "python3"):
        (tmp_path / name).symlink_to(Path(sys.base_prefix, "bin", "python3").resolve())
    minor = ".".join(platform.python_version_tuple()[:2])

    report = sandbox.steps(
        f"""
        - {{id: setup, uses: actions/setup-python@v5, with: {{python-version: '{minor}'}}}}
        - {{shell: python, run: 'import platform, sys; print(platform.python_version(), sys.executable)'}}
        - run: echo "${{{{ steps.setup.outputs.python-version }}}} ${{{{ steps.setup.outputs.python-path }}}}"
        """,
        pythons={minor: tmp_path / "python3"},
    )

    assert report.job("job").log.splitlines()[1:] == [
        f"{platform.python_version()} {tmp_path / 'python'}",
        f"{platform.python_version()} {tmp_path / 'python3'}",
    ]


def test_setup_python__a_lent_interpreter_of_another_version__is_an_error_of_the_test(sandbox: Sandbox) -> None:
    step = "- {uses: actions/setup-python@v5, with: {python-version: '2.7'}}"

    report = sandbox.steps(step, pythons={"2.7": Path(sys.executable)})

    assert (report.exit_code, report.conclusion) == (2, "unmodelled")
    assert f"the interpreter that the test lends as 2.7 is {platform.python_version()}" in str(report.error)


def test_setup_python__a_version_that_is_not_there__fails(sandbox: Sandbox) -> None:
    report = sandbox.steps("- {uses: actions/setup-python@v5, with: {python-version: '3.9'}}")

    assert report.job("job").result == "failure"
    assert "The version '3.9' with architecture 'x64' was not found" in report.job("job").annotations[0].message


def test_setup_uv__the_lent_uv__is_on_the_path_and_nothing_else_of_its_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("uv", "other"):
        (folder / name).write_text("#!/bin/sh\necho uv 0.9.1\n")
        (folder / name).chmod(0o755)

    report = sandbox.steps(
        """
        - {id: uv, uses: astral-sh/setup-uv@v6, with: {version: '0.9'}}
        - run: uv; echo "${{ steps.uv.outputs.uv-version }}"; ! command -v other
        """,
        tools={"uv": folder / "uv"},
    )
    wrong = sandbox.steps("- {uses: astral-sh/setup-uv@v6, with: {version: '0.8'}}", tools={"uv": folder / "uv"})

    assert report.job("job").log == "uv 0.9.1\n0.9.1\n"
    assert (report.job("job").result, wrong.job("job").result) == ("success", "failure")


CACHE = """
    job:
      runs-on: ubuntu-24.04
      steps:
        - id: cache
          uses: actions/cache@v4
          with: {path: kept, key: 'k-${{ vars.KEY }}', restore-keys: k-}
        - {name: tells, run: 'echo "hit=${{ steps.cache.outputs.cache-hit }}"; cat kept/file || true'}
        - {run: 'mkdir -p kept; echo "of ${{ vars.KEY }}" > kept/file; exit ${{ vars.EXIT }}'}
    """


def test_cache__of_a_job_that_succeeds__is_restored_by_key_or_prefix_in_later_runs(sandbox: Sandbox) -> None:
    def told(run: int, key: str, code: str = "0") -> list[str]:
        report = sandbox.jobs(CACHE, run_id=run, variables={"KEY": key, "EXIT": code})
        return report.job("job").step("tells").log.splitlines()

    first, failed, after_failure, hit, prefix = (
        told(1, "a"),
        told(2, "b", "1"),
        told(3, "b"),
        told(4, "a"),
        told(5, "c"),
    )

    assert first[0] == "hit="
    assert failed == ["hit=false", "of a"]
    assert after_failure == ["hit=false", "of a"]
    assert hit == ["hit=true", "of a"]
    assert prefix == ["hit=false", "of b"]


def test_cache__restore_and_save__are_actions_of_their_own(sandbox: Sandbox) -> None:
    save = "- run: mkdir kept; echo saved > kept/file\n- {uses: actions/cache/save@v4, with: {path: kept, key: k}}"
    restore = """
        - {id: r, uses: actions/cache/restore@v4, with: {path: kept, key: k, fail-on-cache-miss: true}}
        - run: cat kept/file; echo "${{ steps.r.outputs.cache-matched-key }}"
        """

    missed = sandbox.steps(restore)
    sandbox.steps(save, run_id=2)
    restored = sandbox.steps(restore, run_id=3)

    assert missed.job("job").result == "failure"
    assert restored.job("job").step("r").outputs["cache-hit"] == "true"
    assert restored.job("job").log.endswith("saved\nk\n")


def test_own_action__in_node__gets_inputs_and_state_and_a_post_step(sandbox: Sandbox) -> None:
    files = {
        "act/action.yml": """
            name: act
            description: has a post step
            inputs: {'two words': {description: words, default: 'of ${{ github.job }}'}}
            runs: {using: node24, main: main.js, post: post.js}
            """,
        "act/main.js": """
            const fs = require('fs');
            console.log('main', process.env['INPUT_TWO_WORDS'], process.env.EXECUTOR_HOST);
            fs.appendFileSync(process.env.GITHUB_STATE, 'note=kept\\n');
            """,
        "act/post.js": "console.log('post', process.env.STATE_note);\n",
    }

    report = sandbox.steps("- uses: $/act\n- {run: exit 1}", files)

    assert [(step.name, step.log) for step in report.job("job").steps if step.log] == [
        ("Run $/act", "main of job undefined\n"),
        ("Post Run $/act", "post kept\n"),
    ]
