"""Which file of the project a measured path stands for."""

from __future__ import annotations

import pytest

from testkeep.model.measured_paths import MeasuredPaths

_PATHS = MeasuredPaths(["/srv/a shop", "/real/shop/"], {"shop": "src", "app": ".", "main": "."})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("src/shop/cart.py", "src/shop/cart.py", id="relative"),
        pytest.param("./src/shop/cart.py", "src/shop/cart.py", id="relative, with a dot"),
        pytest.param("src\\shop\\cart.py", "src/shop/cart.py", id="of Windows"),
        pytest.param("/srv/a shop/src/shop/cart.py", "src/shop/cart.py", id="absolute"),
        pytest.param("/real/shop/app/x.py", "app/x.py", id="absolute, behind a link"),
        pytest.param("/srv/a shop/app/../app/x.py", "app/x.py", id="roundabout"),
        pytest.param("/srv/a shopping/app/x.py", "", id="a neighbour with a longer name"),
        pytest.param("../other/x.py", "", id="relative, and outside"),
        pytest.param("/usr/lib/python3.11/json/__init__.py", "", id="the standard library"),
        pytest.param("C:\\lib\\x.py", "", id="absolute on Windows"),
        pytest.param("/env/lib/python3.11/site-packages/shop/cart.py", "src/shop/cart.py", id="installed package"),
        pytest.param("/env/lib/python3.11/site-packages/main.py", "main.py", id="installed module"),
        pytest.param("/usr/lib/python3/dist-packages/app/x.py", "app/x.py", id="installed by the system"),
        pytest.param("/srv/a shop/.venv/lib/site-packages/shop/a.py", "src/shop/a.py", id="installed below the root"),
        pytest.param(".venv/lib/site-packages/shop/a.py", "src/shop/a.py", id="installed below the root, relative"),
        pytest.param("/env/site-packages/requests/api.py", "", id="another installed package"),
        pytest.param("services/app/main.py", "services/app/main.py", id="a folder with the name of another"),
    ],
)
def test_place__table(path: str, expected: str) -> None:
    assert _PATHS.place(path) == expected
