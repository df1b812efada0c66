"""Files that left their layer by a new name."""

from __future__ import annotations

import pytest

from inspections import a_history
from testkeep.model.coverage import Coverage, FileCoverage, Ratio
from testkeep.model.inherited_layers import inherited_layers
from testkeep.model.policy import Layer
from testkeep.model.production import FileHistory, Production

LAYERS = {
    "service": Layer(paths=("**/service.py",), minimum=95),
    "low": Layer(paths=("**/low.py",), minimum=10),
    "unset": Layer(paths=("**/unset.py",), minimum=None),
}
ALL = a_history(kept={1: "app/new.py:1", 2: "app/new.py:2"})


def _now(*paths: str, lines: int = 4) -> Coverage:
    file = FileCoverage(ratio=Ratio(lines, lines), lines=Ratio(lines, lines), executed=tuple(range(1, lines + 1)))
    return Coverage(files=dict.fromkeys(paths, file))


@pytest.mark.parametrize(
    ("old", "history", "now", "new", "expected"),
    [
        pytest.param(
            "app/service.py", ALL, _now("app/new.py"), {"app/new.py"}, {"app/new.py": "service"}, id="renamed"
        ),
        pytest.param(
            "app/service.py",
            a_history(kept={1: "app/low.py:1"}),
            _now("app/low.py"),
            {"app/low.py"},
            {"app/low.py": "service"},
            id="into a layer that demands less",
        ),
        pytest.param(
            "app/low.py",
            a_history(kept={1: "app/service.py:1"}),
            _now("app/service.py"),
            {"app/service.py"},
            {},
            id="passing: into one that demands more",
        ),
        pytest.param(
            "app/unset.py", ALL, _now("app/new.py"), {"app/new.py"}, {}, id="boundary: out of one without a minimum"
        ),
        pytest.param("app/other.py", ALL, _now("app/new.py"), {"app/new.py"}, {}, id="passing: out of no layer"),
        pytest.param(
            "app/service.py",
            a_history(kept={1: "app/a.py:1", 2: "app/b.py:1", 3: "app/b.py:2"}),
            _now("app/a.py", "app/b.py"),
            {"app/a.py", "app/b.py"},
            {"app/a.py": "service", "app/b.py": "service"},
            id="split",
        ),
        pytest.param(
            "app/service.py",
            a_history(kept={1: "app/service.py:1", 2: "app/service.py:2", 3: "app/b.py:2"}),
            _now("app/service.py", "app/b.py"),
            {"app/b.py"},
            {},
            id="boundary: less than half of it left",
        ),
        pytest.param(
            "app/service.py",
            a_history(kept={1: "app/service.py:1", 2: "app/b.py:1", 3: "app/b.py:2"}),
            _now("app/service.py", "app/b.py"),
            {"app/b.py"},
            {"app/b.py": "service"},
            id="most of it left",
        ),
        pytest.param("app/service.py", ALL, _now("app/new.py", lines=9), set(), {}, id="boundary: into a larger file"),
        pytest.param(
            "app/service.py",
            ALL,
            _now("app/new.py", lines=4),
            set(),
            {"app/new.py": "service"},
            id="into a file of which it is half",
        ),
        pytest.param(
            "app/service.py", ALL, _now("app/more.py"), {"app/new.py"}, {}, id="missing evidence: not measured"
        ),
    ],
)
def test_inherited_layers__table(
    old: str, history: FileHistory, now: Coverage, new: set[str], expected: dict[str, str]
) -> None:
    production = Production(histories={old: history})

    assert inherited_layers(production, now, LAYERS, new=new) == expected


def test_inherited_layers__project_in_a_folder__names_files_as_the_project_does() -> None:
    history = a_history(kept={1: "back/app/new.py:1"})
    production = Production(histories={"back/app/service.py": history})

    found = inherited_layers(production, _now("app/new.py"), LAYERS, new={"back/app/new.py"}, folder="back")

    assert found == {"app/new.py": "service"}
