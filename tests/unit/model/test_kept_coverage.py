"""Coverage of lines that a change left as they were."""

from __future__ import annotations

import pytest

from testkeep.model.coverage import Branch, Coverage, FileCoverage, Ratio
from testkeep.model.kept_coverage import Untested, newly_untested
from testkeep.model.production import FileHistory, Place, Production, Span


def _file(
    executed: tuple[int, ...], missing: tuple[int, ...], *branches: Branch, taken: Branch | None = None
) -> FileCoverage:
    ratio = Ratio(len(executed), len(executed) + len(missing))
    return FileCoverage(
        ratio=ratio,
        executed=executed,
        missing=missing,
        missing_branches=branches,
        executed_branches=(taken,) if taken else (),
    )


def _now(name: str, file: FileCoverage) -> Coverage:
    return Coverage(files={name: file})


_BASE = {"a.py": _file((1, 2, 3), (4,))}
_MOVED = Production(
    histories={"a.py": FileHistory(kept={1: Place("a.py", 1), 2: Place("b.py", 7), 4: Place("b.py", 8)}, changed={})}
)
_CHANGED = Production(
    histories={"a.py": FileHistory(kept={1: Place("a.py", 1)}, changed={2: Span("a.py", 2, 2), 4: Span("a.py", 4, 4)})}
)


@pytest.mark.parametrize(
    ("now", "production", "expected"),
    [
        pytest.param(_now("a.py", _file((1, 2, 3), (4,))), Production(), {}, id="nothing changed"),
        pytest.param(
            _now("a.py", _file((1, 3), (2, 4))), Production(), {"a.py": Untested(lost=(2,))}, id="a test was removed"
        ),
        pytest.param(_now("a.py", _file((1, 2, 3, 4), ())), Production(), {}, id="more is run"),
        pytest.param(_now("a.py", _file((1,), ())), _MOVED, {}, id="lines were removed"),
        pytest.param(_now("b.py", _file((1,), (7, 8))), _MOVED, {"b.py": Untested(lost=(7,))}, id="lines were moved"),
        pytest.param(_now("b.py", _file((7,), (1, 8))), _MOVED, {"b.py": Untested(new=(1,))}, id="lines came"),
        pytest.param(
            _now("a.py", _file((1,), (2, 4))), _CHANGED, {"a.py": Untested(new=(2, 4))}, id="lines were changed"
        ),
        pytest.param(_now("new.py", _file((1,), (2,))), _CHANGED, {"new.py": Untested(new=(2,))}, id="a new file"),
    ],
)
def test_newly_untested__table(now: Coverage, production: Production, expected: dict[str, Untested]) -> None:
    assert newly_untested(_BASE, now, production) == expected


def test_newly_untested__project_in_a_folder__has_paths_from_its_root() -> None:
    history = FileHistory(kept={2: Place("backend/b.py", 7)}, changed={})
    production = Production(histories={"backend/a.py": history})
    found = newly_untested(_BASE, _now("b.py", _file((1,), (7,))), production, folder="backend")
    assert found == {"b.py": Untested(lost=(7,))}


_GONE = _file((1, 2, 3), (), (1, 3))


@pytest.mark.parametrize(
    ("before", "after", "branch", "expected"),
    [
        pytest.param(
            _file((1, 2, 3), (), taken=(1, 3)), _GONE, True, Untested(branches=1), id="one is not taken any more"
        ),
        pytest.param(
            _file((1, 2), (), taken=(2, -1)),
            _file((1, 2), (), (2, -1)),
            True,
            Untested(branches=1),
            id="nor the way out",
        ),
        pytest.param(_file((1, 2, 3), (), (1, 3)), _GONE, True, None, id="it was not taken before"),
        pytest.param(
            _file((1, 2, 3), (), taken=(1, 2)), _GONE, True, Untested(new_branches=1), id="it was no branch before"
        ),
        pytest.param(_file((1, 2), ()), _GONE, True, Untested(new_branches=1), id="its end was not there before"),
        pytest.param(_file((1, 2), (3,)), _file((1, 2), (3,), (1, 3)), True, None, id="what it leads to never ran"),
        pytest.param(_file((1, 2, 3), (), taken=(1, 3)), _GONE, False, None, id="branches were not measured"),
    ],
)
def test_newly_untested__branches__table(
    before: FileCoverage, after: FileCoverage, branch: bool, expected: Untested | None
) -> None:
    found = newly_untested({"a.py": before}, _now("a.py", after), Production(), branch=branch)
    assert found.get("a.py") == expected
