"""What is said of an environment that could not be made; nothing is asked on the network here."""

from __future__ import annotations

import pytest

from testkeep.plugins.unmade import index_trouble, network_trouble

OFFLINE = {"uv": "UV_OFFLINE", "pip": "PIP_NO_INDEX"}
CLOSED = "http://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("installer", "variables"),
    [
        pytest.param("uv", {}, id="nothing set"),
        pytest.param("uv", {"UV_OFFLINE": "0"}, id="uv switched on"),
        pytest.param("pip", {"PIP_NO_INDEX": ""}, id="pip switched on"),
        pytest.param("uv", {"UV_DEFAULT_INDEX": "file:///packages"}, id="a folder"),
        pytest.param("pip", {"PIP_INDEX_URL": "http://[broken"}, id="no URL"),
        pytest.param("pip", {"PIP_INDEX_URL": CLOSED, "HTTPS_PROXY": "http://proxy"}, id="behind a proxy"),
        pytest.param("uv", {"PIP_NO_INDEX": "1", "PIP_INDEX_URL": CLOSED}, id="uv does not read pip's"),
        pytest.param("pip", {"UV_OFFLINE": "1", "UV_DEFAULT_INDEX": CLOSED}, id="pip does not read uv's"),
        pytest.param("poetry", {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1", "PIP_INDEX_URL": CLOSED}, id="Poetry"),
    ],
)
def test_network_trouble__none_to_be_known__says_nothing(installer: str, variables: dict[str, str]) -> None:
    assert network_trouble(variables, installer) is None


@pytest.mark.parametrize("installer", OFFLINE)
def test_network_trouble__switched_off__names_the_variable(installer: str) -> None:
    name = OFFLINE[installer]
    said, advice = network_trouble({name: "true"}, installer) or ("", "")
    assert (said.startswith(f"{name} is set"), advice.startswith(f"Unset {name}")) == (True, True)


@pytest.mark.parametrize("installer", OFFLINE)
def test_index_trouble__switched_off__asks_no_index(installer: str) -> None:
    """What is in the installer's reach without a network may do."""
    variables = {OFFLINE[installer]: "1", "UV_DEFAULT_INDEX": CLOSED, "PIP_INDEX_URL": CLOSED}
    assert index_trouble(variables, installer) is None
