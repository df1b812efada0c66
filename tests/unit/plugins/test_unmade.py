"""What is said of an environment that could not be made; nothing is asked on the network here."""

from __future__ import annotations

import pytest

from testkeep.plugins.unmade import network_trouble


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({}, id="nothing set"),
        pytest.param({"UV_OFFLINE": "0", "PIP_NO_INDEX": ""}, id="switched off"),
        pytest.param({"UV_DEFAULT_INDEX": "file:///packages"}, id="a folder"),
        pytest.param({"PIP_INDEX_URL": "http://[broken"}, id="no URL"),
        pytest.param({"PIP_INDEX_URL": "http://127.0.0.1:9/", "HTTPS_PROXY": "http://proxy"}, id="behind a proxy"),
    ],
)
def test_network_trouble__none_to_be_known__says_nothing(variables: dict[str, str]) -> None:
    assert network_trouble(variables) is None


@pytest.mark.parametrize("name", ["UV_OFFLINE", "PIP_NO_INDEX"])
def test_network_trouble__switched_off__names_the_variable(name: str) -> None:
    said, advice = network_trouble({name: "true"}) or ("", "")
    assert (said.startswith(f"{name} is set"), advice.startswith(f"Unset {name}")) == (True, True)
