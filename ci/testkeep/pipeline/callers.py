"""The starter files that call the kit's pipeline in a CI product."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import PurePosixPath

from testkeep import __version__
from testkeep.formats import gitlab_rows
from testkeep.model.change_event import Provider
from testkeep.model.policy import Policy
from testkeep.model.starter import StarterFile
from testkeep.pipeline.context import Project
from testkeep.pipeline.planning import PlanOptions, all_jobs

_FILES = {
    Provider.GITHUB: (".github/workflows/testkeep.yml", "github-caller.yml"),
    Provider.GITLAB: (".gitlab-ci.yml", "gitlab-caller.yml"),
}


_INPUTS = {Provider.GITHUB: "with:", Provider.GITLAB: "inputs:"}
# The default of the GitLab pipeline's input "python".
_USUALLY = ("3.12",)
# Where the pipeline's file comes from, the kit can come from, too; a project may have to be allowed to read it.
_GITLAB_KIT = (
    "testkeep[all] @ git+https://gitlab-ci-token:${{CI_JOB_TOKEN}}@${{CI_SERVER_FQDN}}/{repository}@v{version}"
)


def caller_of(provider: Provider, repository: str, branch: str, folder: str, rows: Sequence[str] = ()) -> StarterFile:
    """Make the file that calls the pipeline.

    ``repository`` is where the kit lives in that product, ``branch`` the project's default branch, ``folder`` the
    project's place in its repository (empty for the root). ``rows`` are lines of GitLab's inputs.
    """
    path, template = _FILES[provider]
    text = resources.files("testkeep").joinpath("templates", template).read_text(encoding="utf-8")
    for name, value in (("REPOSITORY", repository), ("BRANCH", branch), ("VERSION", __version__)):
        text = text.replace(f"@{name}@", value)
    inputs = [f"  working-directory: {json.dumps(folder)}"] if folder else []
    if provider is Provider.GITLAB:
        kit = _GITLAB_KIT.format(repository=repository, version=__version__)
        inputs = [f'  kit: "{kit}"', *inputs, *rows]
    if inputs:
        text += "".join(f"    {line}\n" for line in (_INPUTS[provider], *inputs))
    return StarterFile(path=PurePosixPath(path), text=text)


def rows_of(project: Project) -> list[str]:
    """Write the rows of GitLab's jobs as lines of its inputs; none where they are the pipeline's defaults.

    GitLab makes jobs of what stands in the file, not of what a job finds out.
    """
    rows, usual = (
        gitlab_rows.dumps(all_jobs(replace(project, policy=policy), PlanOptions(pythons=policy.python or _USUALLY)))
        for policy in (project.policy, Policy())
    )
    return rows.splitlines()[1:] if rows != usual else []
