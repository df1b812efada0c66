"""Which services environment variables name."""

from __future__ import annotations

import pytest

from testkeep.formats.service_urls import services


@pytest.mark.parametrize(
    ("value", "place"),
    [
        pytest.param("postgresql+asyncpg://app:secret@db/app", ("db", 5432), id="the scheme's port"),
        pytest.param("redis://localhost:6380/0", ("localhost", 6380), id="a port of its own"),
        pytest.param("amqp://[::1]", ("::1", 5672), id="an IPv6 address"),
        pytest.param("http://localhost:9200", ("localhost", 9200), id="http on a port of its own"),
        pytest.param(" mysql://db ", ("db", 3306), id="spaces around"),
    ],
)
def test_services__url_of_a_service__names_host_and_port(value: str, place: tuple[str, int]) -> None:
    assert services({"SOME_URL": value}) == {"SOME_URL": place}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SITE", "https://example.invalid/path", id="a web site"),
        pytest.param("HTTP_PROXY", "http://proxy.invalid:3128", id="a proxy"),
        pytest.param("https_proxy", "http://proxy.invalid:3128", id="a proxy in small letters"),
        pytest.param("DATABASE_URL", "sqlite:///app.db", id="a file"),
        pytest.param("SOCKET", "unix:///run/some.sock", id="a socket"),
        pytest.param("PATHS", "a:5432", id="no URL"),
        pytest.param("BROKEN", "http://[", id="a broken address"),
        pytest.param("BROKEN", "http://host:port", id="a port in words"),
        pytest.param("EMPTY", "", id="empty"),
    ],
)
def test_services__anything_else__names_none(name: str, value: str) -> None:
    assert services({name: value}) == {}
