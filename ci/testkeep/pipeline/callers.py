"""The starter files that call the kit's pipeline in a CI product."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import PurePosixPath

from testkeep import __version__
from testkeep.model.change_event import Provider

_FILES = {
    Provider.GITHUB: (".github/workflows/testkeep.yml", "github-caller.yml"),
    Provider.GITLAB: (".gitlab-ci.yml", "gitlab-caller.yml"),
}


@dataclass(frozen=True)
class StarterFile:
    """A file to write: where, relative to the repository's root, and what."""

    path: PurePosixPath
    text: str


def caller_of(provider: Provider, repository: str, branch: str, folder: str) -> StarterFile:
    """Make the file that calls the pipeline.

    ``repository`` is where the kit lives in that product, ``branch`` the project's default branch, ``folder`` the
    project's place in its repository (empty for the root).
    """
    path, template = _FILES[provider]
    text = resources.files("testkeep").joinpath("templates", template).read_text(encoding="utf-8")
    for name, value in (("REPOSITORY", repository), ("BRANCH", branch), ("VERSION", __version__)):
        text = text.replace(f"@{name}@", value)
    if folder and provider is Provider.GITHUB:
        text += f'    with:\n      working-directory: "{folder}"\n'
    elif folder:
        text += f'    inputs:\n      working-directory: "{folder}"\n'
    return StarterFile(PurePosixPath(path), text)
