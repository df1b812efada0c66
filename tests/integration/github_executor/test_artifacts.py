"""The doubles of the artifact actions keep the real ones' contracts, over attempts as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from github_executor.report import Report
from integration.github_executor.sandbox import Sandbox, script

MAKE = script(
    "mkdir -p out/sub .hidden/deep out/.secret",
    "echo a > out/a.txt; echo b > out/sub/b.txt; echo c > out/.hidden.txt; echo d > .hidden/deep/d.txt",
    "echo e > out/.secret/e.txt; echo top > top.txt; chmod +x top.txt",
)


def upload(name: str, path: str, **options: str) -> str:
    given = {"name": name, "path": path} | {key.replace("_", "-"): value for key, value in options.items()}
    lines = "".join(f"    {key}: {value}\n" for key, value in given.items())
    return f"- uses: actions/upload-artifact@v4\n  with:\n{lines}"


@pytest.mark.parametrize(
    ("path", "options", "files"),
    [
        pytest.param("top.txt", {}, ["top.txt"], id="a file goes to the root"),
        pytest.param("out/sub/b.txt", {}, ["b.txt"], id="a file in a folder goes to the root"),
        pytest.param("out", {}, ["a.txt", "sub/b.txt"], id="a folder is the root; hidden names stay out"),
        pytest.param("out/", {}, ["a.txt", "sub/b.txt"], id="a folder with a slash"),
        pytest.param(
            "out",
            {"include_hidden_files": "true"},
            [".hidden.txt", ".secret/e.txt", "a.txt", "sub/b.txt"],
            id="hidden names that are asked for",
        ),
        pytest.param("out/.hidden.txt", {}, None, id="a hidden file itself"),
        pytest.param(".hidden", {}, None, id="a hidden folder itself"),
        pytest.param(".hidden/deep", {}, ["d.txt"], id="a folder inside a hidden one"),
        pytest.param("out/**/*.txt", {}, ["a.txt", "sub/b.txt"], id="a pattern's root is what is before it"),
        pytest.param("out/*.txt", {}, ["a.txt"], id="a pattern of one folder"),
        pytest.param('"out\\ntop.txt"', {}, ["out/a.txt", "out/sub/b.txt", "top.txt"], id="several: what they share"),
        pytest.param('"out\\nmissing"', {}, ["out/a.txt", "out/sub/b.txt"], id="several, of which one is missing"),
        pytest.param('"out\\n!out/sub/**"', {}, ["a.txt"], id="but not"),
        pytest.param("missing", {}, None, id="nothing"),
    ],
)
def test_upload__a_path__takes_the_real_actions_files_to_the_real_root(
    sandbox: Sandbox, path: str, options: dict[str, str], files: list[str] | None
) -> None:
    report = sandbox.steps(MAKE + upload("it", path, **options))

    found = {artifact.name: sorted(artifact.files) for artifact in report.artifacts}
    assert found == ({} if files is None else {"it": files})
    assert report.job("job").result == "success"


def test_upload__files__lose_their_permissions(sandbox: Sandbox) -> None:
    artifact = sandbox.steps(MAKE + upload("it", "top.txt")).artifact("it")

    assert (artifact.folder / "top.txt").read_text() == "top\n"
    assert (artifact.folder / "top.txt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("when", "result", "levels"),
    [("error", "failure", ["failure"]), ("warn", "success", ["warning"]), ("ignore", "success", [])],
)
def test_upload__no_files__does_what_it_is_told(sandbox: Sandbox, when: str, result: str, levels: list[str]) -> None:
    job = sandbox.steps(upload("it", "missing", if_no_files_found=when)).job("job")

    assert (job.result, [annotation.level for annotation in job.annotations]) == (result, levels)
    assert all("No files were found with the provided path: missing" in a.message for a in job.annotations)


def test_upload__a_name_twice_in_a_run__is_refused_unless_it_overwrites(sandbox: Sandbox) -> None:
    legs = """
        job:
          strategy: {matrix: {n: [1, 2]}, fail-fast: false}
          runs-on: ubuntu-24.04
          steps:
            - run: echo ${{ matrix.n }} > out.txt
            - {uses: actions/upload-artifact@v4, with: {name: same, path: out.txt, overwrite: %s}}
        """

    refused = sandbox.jobs(legs % "false")
    overwritten = sandbox.jobs(legs % "true", run_id=2)

    assert refused.outcomes == {"job (1)": "success", "job (2)": "failure"}
    assert "(409) Conflict" in refused.job("job (2)").annotations[0].message
    assert set(overwritten.outcomes.values()) == {"success"}
    assert (overwritten.artifact("same").folder / "out.txt").read_text() == "2\n"


@pytest.mark.parametrize("name", ["a/b", "a:b", "'a*b'"])
def test_upload__a_name_that_cannot_be__is_refused(sandbox: Sandbox, name: str) -> None:
    job = sandbox.steps(MAKE + upload(name, "out")).job("job")

    assert job.result == "failure"
    assert "The artifact name is not valid" in job.annotations[0].message


def downloads(sandbox: Sandbox, options: str, uploads: tuple[str, ...] = ("rec-1", "rec-2", "other")) -> Report:
    """One job uploads, each artifact with a file of its own and a ``same.txt``; another downloads into ``got``."""
    made = "".join(
        script(f"mkdir -p {name}; echo {name} | tee {name}/{name}.txt > {name}/same.txt") + upload(name, name)
        for name in uploads
    )
    download = f"- {{uses: actions/download-artifact@v4, with: {{path: got, {options}}}}}\n"
    listing = "- {name: list, run: 'mkdir -p got; cd got; find . -type f | sort | cut -c3-'}\n"
    indented = {"MADE": made, "GOT": download + listing + "- {name: same, run: 'cat got/same.txt || true'}\n"}
    head = "runs-on: ubuntu-24.04\n  steps:"
    jobs = f"makes:\n  {head}\nMADE\ntakes:\n  needs: makes\n  {head}\nGOT"
    for word, text in indented.items():
        jobs = jobs.replace(word, "".join(f"    {line}" for line in text.splitlines(keepends=True)))
    return sandbox.jobs(jobs)


@pytest.mark.parametrize(
    ("options", "files"),
    [
        pytest.param("name: rec-1", ["rec-1.txt", "same.txt"], id="by name: flat"),
        pytest.param("pattern: none-*", [], id="by pattern, none: succeeds"),
        pytest.param("pattern: oth*", ["other.txt", "same.txt"], id="by pattern, one: flat"),
        pytest.param(
            "pattern: rec-*",
            ["rec-1/rec-1.txt", "rec-1/same.txt", "rec-2/rec-2.txt", "rec-2/same.txt"],
            id="by pattern, several: a folder each",
        ),
        pytest.param(
            "pattern: rec-*, merge-multiple: true",
            ["rec-1.txt", "rec-2.txt", "same.txt"],
            id="by pattern, several, merged",
        ),
        pytest.param(
            "merge-multiple: true", ["other.txt", "rec-1.txt", "rec-2.txt", "same.txt"], id="all of them, merged"
        ),
    ],
)
def test_download__artifacts__lie_where_the_real_action_puts_them(
    sandbox: Sandbox, options: str, files: list[str]
) -> None:
    takes = downloads(sandbox, options).job("takes")

    assert takes.result == "success"
    assert takes.step("list").log.splitlines() == files


def test_download__merged_artifacts_with_one_file_name__one_overwrites_the_other(sandbox: Sandbox) -> None:
    takes = downloads(sandbox, "pattern: rec-*, merge-multiple: true").job("takes")

    assert takes.step("same").log == "rec-2\n"


def test_download__a_missing_name__fails(sandbox: Sandbox) -> None:
    takes = downloads(sandbox, "name: none").job("takes")

    assert takes.result == "failure"
    assert takes.annotations[0].message == "Unable to download artifact(s): Artifact not found for name: none"


RERUN = """
    permissions: {actions: read, contents: read}
    jobs:
      tests:
        strategy: {matrix: {n: [1, 2, 3]}, fail-fast: false}
        runs-on: ubuntu-24.04
        outputs: {attempt: '${{ github.run_attempt }}'}
        steps:
          - run: echo "n${{ matrix.n }} a$GITHUB_RUN_ATTEMPT" > out.txt
          - {uses: actions/upload-artifact@v4, if: matrix.n != 3, with: {name: 'rec-${{ matrix.n }}', path: out.txt}}
          - run: test ${{ matrix.n }} != 2 -o "$GITHUB_RUN_ATTEMPT" = 2
      other:
        runs-on: ubuntu-24.04
        outputs: {attempt: '${{ github.run_attempt }}'}
        steps: [{run: 'true'}]
      off: {if: false, runs-on: ubuntu-24.04, steps: [{run: 'true'}]}
      gate:
        needs: [tests, other]
        if: always()
        runs-on: ubuntu-24.04
        steps:
          - uses: actions/download-artifact@v4
            with: {pattern: rec-*, path: got, TOKEN}
          - {name: got, run: 'cat $(find got -name out.txt | sort)'}
          - run: test ${{ needs.tests.result }} = success
          - {name: sees, run: 'echo ${{ needs.other.outputs.attempt }}'}
      call:
        uses: ./.github/workflows/kit.yml
    """
TOKEN = "github-token: '${{ github.token }}', run-id: '${{ github.run_id }}'"
KIT = {".github/workflows/kit.yml": """
        on: workflow_call
        jobs:
          good: {runs-on: ubuntu-24.04, steps: [{run: 'true'}]}
          bad: {runs-on: ubuntu-24.04, steps: [{run: 'test "$GITHUB_RUN_ATTEMPT" = 2'}]}
          after: {needs: bad, runs-on: ubuntu-24.04, steps: [{run: 'true'}]}
        """}


def test_rerun__of_failed_jobs__keeps_the_others_results_outputs_and_artifacts(sandbox: Sandbox) -> None:
    first = sandbox.run(RERUN.replace("TOKEN", TOKEN), KIT)
    again = sandbox.execution(attempt=2).run()

    assert first.conclusion == "failure"
    assert {job.name: (job.result, job.ran, job.attempt) for job in again.jobs} == {
        "tests (1)": ("success", False, 1),
        "tests (2)": ("success", True, 2),
        "tests (3)": ("success", False, 1),
        "other": ("success", False, 1),
        "off": ("skipped", False, 1),
        "gate": ("success", True, 2),
        "call / good": ("success", False, 1),
        "call / bad": ("success", True, 2),
        "call / after": ("success", True, 2),
    }
    assert again.job("gate").step("sees").log == "1\n"
    assert [(one.name, one.attempt) for one in again.artifacts] == [("rec-1", 1), ("rec-2", 1), ("rec-2", 2)]
    assert again.conclusion == "success"


@pytest.mark.parametrize(
    ("token", "same_name", "lines"),
    [
        pytest.param("", "oldest", ["n2 a2"], id="without a token: this attempt's, of which one lies flat"),
        pytest.param(TOKEN, "newest", ["n1 a1", "n2 a2"], id="with one: the run's, the newest of a name"),
        pytest.param(TOKEN, "oldest", ["n1 a1", "n2 a1"], id="with one: the run's, but not the newest of a name"),
    ],
)
def test_rerun__a_download__sees_the_attempt_or_with_a_token_the_run(
    sandbox: Sandbox, token: str, same_name: str, lines: list[str]
) -> None:
    sandbox.run(RERUN.replace("TOKEN", token or "merge-multiple: false"), KIT)
    again = sandbox.execution(attempt=2, same_name_artifacts=same_name).run()

    assert again.job("gate").step("got").log.splitlines() == lines


def test_rerun__of_all_jobs__runs_everything(sandbox: Sandbox) -> None:
    sandbox.run(RERUN.replace("TOKEN", TOKEN), KIT)
    again = sandbox.execution(attempt=2, rerun="all").run()

    assert {job.attempt for job in again.jobs} == {2}


def test_download__run_wide__needs_the_permission_to_read_actions(sandbox: Sandbox) -> None:
    job = sandbox.steps(f"- {{uses: actions/download-artifact@v4, with: {{{TOKEN}}}}}").job("job")

    assert job.result == "failure"
    assert "'actions: read'" in job.annotations[0].message


def test_artifacts__of_another_run__are_not_seen(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.steps(MAKE + upload("it", "out"))
    report = sandbox.steps("- {uses: actions/download-artifact@v4, with: {name: it}}", run_id=2)

    assert report.job("job").result == "failure"
