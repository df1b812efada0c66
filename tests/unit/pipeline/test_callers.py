"""The starter files for CI products."""

from __future__ import annotations

import pytest

from testkeep import __version__
from testkeep.model.change_event import Provider
from testkeep.pipeline.callers import caller_of

GITLAB_SERVER = "git+https://gitlab-ci-token:${CI_JOB_TOKEN}@${CI_SERVER_FQDN}"


@pytest.mark.parametrize(
    ("provider", "path", "lines"),
    [
        pytest.param(
            Provider.GITHUB,
            ".github/workflows/testkeep.yml",
            [
                '    branches: ["trunk"]',
                f"    uses: acme/kit/.github/workflows/pipeline.yml@v{__version__}",
                '      working-directory: "services/web shop"',
            ],
            id="GitHub",
        ),
        pytest.param(
            Provider.GITLAB,
            ".gitlab-ci.yml",
            [
                "  - project: acme/kit",
                f"    ref: v{__version__}",
                '      working-directory: "services/web shop"',
                f'      kit: "testkeep[all] @ {GITLAB_SERVER}/acme/kit@v{__version__}"',
            ],
            id="GitLab",
        ),
    ],
)
def test_caller_of__project_in_a_folder__names_everything(provider: Provider, path: str, lines: list[str]) -> None:
    starter = caller_of(provider, "acme/kit", "trunk", "services/web shop")

    assert str(starter.path) == path
    assert [line for line in lines if line not in starter.text.splitlines()] == []
    assert "@REPOSITORY@" not in starter.text


def test_caller_of__project_at_the_root__says_nothing_of_a_folder() -> None:
    assert "working-directory" not in caller_of(Provider.GITHUB, "acme/kit", "main", "").text
