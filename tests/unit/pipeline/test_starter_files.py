"""Facts that decide which starter files a project gets."""

from __future__ import annotations

import pytest

from testkeep.model.change_event import Provider
from testkeep.pipeline.starter_files import project_folders, provider_of


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("git@github.com:acme/shop.git", Provider.GITHUB),
        ("https://github.com/acme/shop", Provider.GITHUB),
        ("https://user:secret@GitHub.com/acme/shop", Provider.GITHUB),
        ("ssh://git@gitlab.acme.example:2222/shop.git", Provider.GITLAB),
        ("git@gitlab.com:acme/shop.git", Provider.GITLAB),
        ("https://github.com.evil.example/acme/shop", None),
        ("https://code.acme.example/gitlab/shop.git", None),
        ("/srv/github.com/shop.git", None),
        ("../gitlab/shop.git", None),
        ("gitlab/shop.git", None),
        ("file:///srv/gitlab/shop.git", None),
        ("", None),
    ],
)
def test_provider_of__address__is_told_by_its_host(address: str, provider: Provider | None) -> None:
    assert provider_of(address) is provider


def test_project_folders__nested__are_the_outermost() -> None:
    files = ["b/x/setup.cfg", "a/pyproject.toml", "a/plugin/setup.py", "docs/index.md", "pyproject.toml"]

    assert project_folders(files) == ["a", "b/x"]
