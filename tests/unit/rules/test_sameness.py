"""Whether two tests of one commit are the same test twice."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from builders import a_test
from testkeep.formats.module_bindings import read_bindings
from testkeep.rules.sameness import guards_of_item, is_same
from testkeep.rules.scopes import Place, Side

TEST = "def test_x():\n    assert double(2) == 4\n"
USES = "from app.core import double\n" + TEST
FIXTURE = "import pytest\n@pytest.fixture\ndef value():\n    return {}\n"
WITH_FIXTURE = "def test_x(value):\n    assert value\n"


def _same(files: Mapping[str, str], one: str, other: str) -> bool:
    side = Side({path: read_bindings(text) for path, text in files.items()})
    places = [Place(*name.split("::")) for name in (one, other)]
    return is_same(side, *places)


def _two(first: str, second: str, **others: str) -> dict[str, str]:
    """Two files in two folders, and others beside them."""
    named = {name.replace("__", "/") + ".py": text for name, text in others.items()}
    return {"t/one/test_a.py": first, "t/two/test_b.py": second, **named}


def _classes(first: str, second: str) -> str:
    return f"class TestA:\n{first}\nclass TestB:\n{second}\n"


_METHOD = "    def test_x(self):\n        assert self.value\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(_two(USES, USES), True, id="the same text"),
        pytest.param(_two(USES, f"# A.\n{USES}"), True, id="another comment"),
        pytest.param(_two(USES, USES.replace("== 4", "== 5")), False, id="another value"),
        pytest.param(_two(USES, USES.replace("(2) == 4", "(2)")), False, id="a weaker assertion"),
        pytest.param(_two(USES, "from app.core import double\ndef test_x():\n    pass\n"), False, id="emptied"),
        pytest.param(_two(USES, USES.replace("app.core", "app.more")), False, id="another module's function"),
        pytest.param(_two(USES, f"def double(a):\n    return 4\n{TEST}"), False, id="a helper of that name"),
        pytest.param(
            _two(USES.replace("app", "..app"), USES.replace("app", "..app")), False, id="relative to a folder"
        ),
        pytest.param(_two(USES, USES.replace("def", "@pytest.mark.slow\ndef")), False, id="another mark"),
        pytest.param(_two(USES, f"pytestmark = pytest.mark.db\n{USES}"), False, id="another mark of the file"),
        pytest.param(_two(USES, f"{USES}\ndef setup_function():\n    start()\n"), False, id="another set-up"),
        pytest.param(_two(USES, f"{USES}\nconfigure()\n"), False, id="another effect of the import"),
        pytest.param(_two(f"from app import *\n{TEST}", f"from more import *\n{TEST}"), False, id="other stars"),
        pytest.param(_two(f"from app import *\n{TEST}", f"from app import *\n{TEST}"), True, id="the same stars"),
        pytest.param(_two(f"N = 2\n{TEST}", f"N = 3\n{TEST}"), True, id="boundary: a constant that it does not use"),
        pytest.param(
            _two(f"N = 2\n{TEST}".replace("(2)", "(N)"), f"N = 3\n{TEST}".replace("(2)", "(N)")),
            False,
            id="another constant",
        ),
        pytest.param(
            _two(*(f"def test_x():\n    assert {name}\n" for name in ("__file__", "__file__"))),
            False,
            id="it depends on its file",
        ),
        pytest.param(_two(*(["def test_x(:"] * 2)), False, id="missing evidence: it cannot be read"),
    ],
)
def test_is_same__two_files__table(files: Mapping[str, str], expected: bool) -> None:
    assert _same(files, "t/one/test_a.py::test_x", "t/two/test_b.py::test_x") is expected


_PER_TEST = FIXTURE.replace("value()", "value(request)").format("request.node.name")
_HOOK = "def pytest_runtest_setup(item):\n    item.config.stash[key] = 1\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            _two(WITH_FIXTURE, WITH_FIXTURE, t__conftest=FIXTURE.format(1)), True, id="the fixture above both of them"
        ),
        pytest.param(
            _two(WITH_FIXTURE, WITH_FIXTURE, t__one__conftest=FIXTURE.format(1), t__two__conftest=FIXTURE.format(2)),
            False,
            id="two fixtures of one name",
        ),
        pytest.param(
            _two(WITH_FIXTURE, WITH_FIXTURE, t__conftest=FIXTURE.format(1), t__two__conftest=FIXTURE.format(2)),
            False,
            id="one overrides it",
        ),
        pytest.param(
            _two(WITH_FIXTURE, WITH_FIXTURE, t__one__conftest=FIXTURE.format(1), t__two__conftest=FIXTURE.format(1)),
            True,
            id="two fixtures that are the same",
        ),
        pytest.param(
            _two(WITH_FIXTURE, WITH_FIXTURE, t__conftest=_PER_TEST), False, id="the fixture asks for the test"
        ),
        pytest.param(
            _two(WITH_FIXTURE, WITH_FIXTURE, t__conftest=FIXTURE.format(1), t__two__conftest=_HOOK),
            False,
            id="a hook for one of them",
        ),
        pytest.param(
            _two(USES, USES, t__two__conftest=FIXTURE.format(1).replace("fixture", "fixture(autouse=True)")),
            False,
            id="a fixture that one uses without asking for it",
        ),
        pytest.param(
            _two(
                "from .checks import check\ndef test_x():\n    check(1)\n",
                "from .checks import check\ndef test_x():\n    check(1)\n",
                t__one__checks="def check(a):\n    assert a\n",
                t__two__checks="def check(a):\n    return a\n",
            ),
            False,
            id="helpers of one name",
        ),
    ],
)
def test_is_same__fixtures_and_helpers__table(files: Mapping[str, str], expected: bool) -> None:
    assert _same(files, "t/one/test_a.py::test_x", "t/two/test_b.py::test_x") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(_classes(f"    value = 1\n{_METHOD}", f"    value = 1\n{_METHOD}"), True, id="the same attribute"),
        pytest.param(_classes(f"    value = 1\n{_METHOD}", f"    value = 2\n{_METHOD}"), False, id="another attribute"),
        pytest.param(
            _classes(f"{_METHOD}    def setup_method(self):\n        self.value = 1\n", _METHOD), False, id="a set-up"
        ),
        pytest.param(
            f"class Base:\n    value = 1\n{_classes(_METHOD, _METHOD)}".replace("TestB:", "TestB(Base):"),
            False,
            id="another base",
        ),
    ],
)
def test_is_same__two_classes__table(text: str, expected: bool) -> None:
    assert _same({"t.py": text}, "t.py::TestA.test_x", "t.py::TestB.test_x") is expected


_IN_CLASS = "from app.core import double\nclass TestA:\n    def test_x(self):\n        assert double(2) == 4\n"


@pytest.mark.parametrize(
    ("method", "function", "expected"),
    [
        pytest.param(_IN_CLASS, USES, True, id="a class that adds nothing"),
        pytest.param(_IN_CLASS.replace("TestA", "TestA(Base)"), USES, False, id="a base"),
        pytest.param(_IN_CLASS.replace("TestA:", "TestA:\n    n = 1"), USES, False, id="an attribute"),
        pytest.param(f"{_IN_CLASS}    def setup_method(self):\n        start()\n", USES, False, id="a set-up"),
        pytest.param(_IN_CLASS, f"{USES}\ndef setup_function():\n    start()\n", False, id="a set-up of functions"),
        pytest.param(_IN_CLASS.replace("== 4", "== 5"), USES, False, id="another value"),
        pytest.param(_IN_CLASS.replace("app.core", "app.more"), USES, False, id="another function"),
    ],
)
def test_is_same__method_and_function__table(method: str, function: str, expected: bool) -> None:
    files = {"t/a.py": method, "t/b.py": function}
    assert _same(files, "t/a.py::TestA.test_x", "t/b.py::test_x") is expected
    assert _same(files, "t/b.py::test_x", "t/a.py::TestA.test_x") is expected


def test_is_same__the_test_itself__is_no_twin() -> None:
    assert not _same({"t.py": USES}, "t.py::test_x", "t.py::test_x")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param({}, {"marks": ("replaces",)}, True, id="it declares something"),
        pytest.param({}, {"marks": ("db",)}, False, id="another mark"),
        pytest.param({"params": {"n": "1"}}, {"params": {"n": "2"}}, False, id="another value"),
        pytest.param({"fixtures": ("a",)}, {"fixtures": ("b",)}, False, id="another fixture"),
        pytest.param(
            {"fixtures": ("_xunit_setup_class_fixture_TestA",)},
            {"fixtures": ("_xunit_setup_class_fixture_TestB",)},
            True,
            id="boundary: pytest names a fixture by the class",
        ),
    ],
)
def test_guards_of_item__table(one: dict[str, object], other: dict[str, object], expected: bool) -> None:
    items = [msgspec.structs.replace(a_test().item, **keys) for keys in (one, other)]
    assert (guards_of_item(items[0]) == guards_of_item(items[1])) is expected
