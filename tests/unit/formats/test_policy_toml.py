"""From TOML to a policy, or to every reason why not."""

from __future__ import annotations

import datetime

import pytest

from testkeep.errors import PolicyError
from testkeep.formats.policy_toml import digest, loads
from testkeep.model.policy import CoveragePolicy, Layer, Policy, Pyramid, SuitesPolicy, Waiver
from testkeep.model.stage import Stage

_EVERYTHING = """
source = ["app"]
stages = ["lint", "unit"]
formatter = "ruff"
timeout = "5m"
[coverage]
overall = 90
diff = 80.5
ratchet = false
branch = true
omit = ["app/generated/**"]
[coverage.layers]
service = { paths = ["**/service.py"], minimum = 85 }
[suites]
leave_out = ["slow"]
pyramid = { unit = 70 }
budgets = { unit = "100ms" }
[commands]
lint = ["zizmor .github", "sh -c 'exec x' \\"a b\\""]
[[waivers]]
test = "tests/test_a.py::test_a"
rule = "TK201"
reason = "bug 4711"
owner = "billing"
expires = 2027-01-31
"""
_POLICY = Policy(
    source=("app",),
    stages=(Stage.LINT, Stage.UNIT),
    formatter="ruff",
    timeout="5m",
    coverage=CoveragePolicy(
        overall=90.0,
        diff=80.5,
        ratchet=False,
        branch=True,
        omit=("app/generated/**",),
        layers={"service": Layer(paths=("**/service.py",), minimum=85.0)},
    ),
    suites=SuitesPolicy(leave_out=("slow",), pyramid=Pyramid(unit=70.0), budgets={Stage.UNIT: "100ms"}),
    commands={"lint": ("zizmor .github", "sh -c 'exec x' \"a b\"")},
    waivers=(
        Waiver(
            test="tests/test_a.py::test_a",
            rule="TK201",
            reason="bug 4711",
            owner="billing",
            expires=datetime.date(2027, 1, 31),
        ),
    ),
)


def _in_pyproject(text: str) -> str:
    return "[tool.testkeep]\n" + text.replace("[coverage", "[tool.testkeep.coverage").replace(
        "[suites", "[tool.testkeep.suites"
    ).replace("[commands", "[tool.testkeep.commands").replace("[[waivers", "[[tool.testkeep.waivers")


def _problems(text: str, source: str = "testkeep.toml") -> tuple[str, ...]:
    with pytest.raises(PolicyError) as caught:
        loads(text, source)
    assert caught.value.source == source
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "source"),
    [
        pytest.param(_EVERYTHING, "testkeep.toml", id="testkeep.toml"),
        pytest.param(_in_pyproject(_EVERYTHING), "pyproject.toml", id="pyproject.toml"),
        pytest.param(_in_pyproject(_EVERYTHING), "9d8c7b6a5f11:pyproject.toml", id="pyproject.toml of a commit"),
    ],
)
def test_loads__every_key__is_read(text: str, source: str) -> None:
    assert loads(text, source) == _POLICY


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        pytest.param("", "testkeep.toml", Policy(), id="empty testkeep.toml: the defaults"),
        pytest.param("[tool.testkeep]", "pyproject.toml", Policy(), id="empty table: the defaults"),
        pytest.param("", "pyproject.toml", None, id="empty pyproject.toml: no policy"),
        pytest.param("[tool.black]\nline-length = 120", "pyproject.toml", None, id="other tools: no policy"),
        pytest.param("tool = 3", "pyproject.toml", None, id="tool is no table: no policy"),
        pytest.param("[testkeep]\nsource = 3", "pyproject.toml", None, id="a table elsewhere: no policy"),
    ],
)
def test_loads__nothing_said__table(text: str, source: str, expected: Policy | None) -> None:
    assert loads(text, source) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("sources = []", "sources: unknown key; did you mean source?", id="top"),
        pytest.param(
            "[coverage]\noveral = 3", "coverage.overal: unknown key; did you mean coverage.overall?", id="table"
        ),
        pytest.param(
            '[coverage.layers]\nx = { paths = ["a"], minimum = 1, minimun = 2 }',
            "coverage.layers.x.minimun: unknown key; did you mean coverage.layers.x.minimum?",
            id="table of tables",
        ),
        pytest.param(
            "[suites]\npyramid = { units = 3 }",
            "suites.pyramid.units: unknown key; did you mean suites.pyramid.unit?",
            id="optional table",
        ),
        pytest.param(
            "[suites.budgets]\nuni = '1s'",
            "suites.budgets.uni: unknown key; did you mean suites.budgets.unit?",
            id="key that must be a stage",
        ),
        pytest.param(
            "[[waivers]]\ntest = 'a'\nrule = 'TK201'\nreason = 'r'\nowner = 'o'\nexpires = 2027-01-31\nuntil = 1",
            "waivers[0].until: unknown key; known here: expires, owner, reason, rule, test",
            id="list of tables, with nothing near",
        ),
        pytest.param(
            "[tool.testkeep]\nsource = []",
            "tool: unknown key; known here: base_files, commands, coverage, existing, failures, formatter, "
            "loosened_tools, python, source, stages, suites, timeout, waivers, waivers_from",
            id="pyproject's header in testkeep.toml",
        ),
    ],
)
def test_loads__unknown_key__is_named_with_the_nearest(text: str, problem: str) -> None:
    assert _problems(text) == (problem,)


_STAGES = "format, lint, typing, unit, integration, migration, concurrency, e2e, performance"
_DURATION = "expected a duration such as '100ms', '1s', '10m' or '1h'"
_COMMAND = "expected a command such as 'zizmor --offline .github'"
_PERCENT = "expected a percentage from 0 to 100"
_WAIVER = "test = 'a'\nrule = 'TK201'\nreason = 'r'\nowner = 'o'\nexpires = 2027-01-31"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        # Wrong types.
        pytest.param("source = 'app'", "source: expected a list, found 'app'", id="text for list"),
        pytest.param("source = [1]", "source[0]: expected a string, found 1", id="number in list of texts"),
        pytest.param("coverage = 87", "coverage: expected a table, found 87", id="number for table"),
        pytest.param("suites = []", "suites: expected a table, found an empty list", id="list for table"),
        pytest.param("timeout = 60", f"timeout: {_DURATION}, found 60", id="number for duration"),
        pytest.param(
            "python = [3.12]",
            "python[0]: expected a Python version from 3.11 on, such as '3.12', found 3.12",
            id="number for version",
        ),
        pytest.param(
            "python = ['312']",
            "python[0]: expected a Python version from 3.11 on, such as '3.12', found '312'",
            id="no version",
        ),
        pytest.param(
            "python = ['3.12', '3.10']",
            "python[1]: expected a Python version from 3.11 on, such as '3.12', found '3.10'",
            id="a version that testkeep does not run on",
        ),
        pytest.param(
            "[suites]\nshards = { unit = 0 }",
            "suites.shards.unit: expected a number of shards, at least 1, found 0",
            id="no shards",
        ),
        pytest.param("waivers = {}", "waivers: expected a list, found a table", id="table for list"),
        pytest.param("waivers = [3]", "waivers[0]: expected a table, found 3", id="number in list of tables"),
        pytest.param("[coverage]\nratchet = 1", "coverage.ratchet: expected true or false, found 1", id="number, bool"),
        pytest.param("[coverage]\noverall = true", f"coverage.overall: {_PERCENT}, found true", id="bool for number"),
        pytest.param("[coverage]\noverall = '87'", f"coverage.overall: {_PERCENT}, found '87'", id="text for number"),
        pytest.param("[coverage.layers]\nx = 3", "coverage.layers.x: expected a table, found 3", id="layer"),
        pytest.param("[coverage]\nlayers = 3", "coverage.layers: expected a table, found 3", id="number for layers"),
        pytest.param("[suites]\npyramid = true", "suites.pyramid: expected a table, found true", id="optional table"),
        pytest.param(
            "[suites]\nleave_out = [['a']]", "suites.leave_out[0]: expected a string, found a list", id="nested list"
        ),
        pytest.param(
            f"[[waivers]]\n{_WAIVER}".replace("2027-01-31", "2027-01-31T10:00:00"),
            "waivers[0].expires: expected a date such as 2027-01-31, found 2027-01-31 10:00:00",
            id="time for date",
        ),
        # Impossible values.
        pytest.param("[coverage]\noverall = 100.5", f"coverage.overall: {_PERCENT}, found 100.5", id="over 100"),
        pytest.param("[coverage]\ndiff = -1", f"coverage.diff: {_PERCENT}, found -1", id="below 0"),
        pytest.param("[coverage]\noverall = nan", f"coverage.overall: {_PERCENT}, found nan", id="no number"),
        pytest.param("[suites.pyramid]\ne2e = 101", f"suites.pyramid.e2e: {_PERCENT}, found 101", id="pyramid"),
        pytest.param(
            "[coverage.layers]\nx = { paths = ['a'], minimum = 101 }",
            f"coverage.layers.x.minimum: {_PERCENT}, found 101",
            id="layer over 100",
        ),
        pytest.param(
            "[coverage.layers]\nx = { paths = [], minimum = 1 }",
            "coverage.layers.x.paths: expected a list of at least one pattern, found an empty list",
            id="layer without patterns",
        ),
        pytest.param(
            "[coverage.layers]\nx = { minimum = 1 }",
            "coverage.layers.x.paths: missing; expected a list of at least one pattern",
            id="layer without the key",
        ),
        pytest.param("stages = ['unti']", f"stages[0]: expected one of {_STAGES}, found 'unti'", id="no such stage"),
        pytest.param(
            "[suites]\nalone = ['unit', 'lint']",
            f"suites.alone[1]: expected one of {_STAGES.removeprefix('format, lint, typing, ')}, found 'lint'",
            id="a static stage alone",
        ),
        pytest.param("[suites]\nalone = ['e2e', 'e2e']", "suites.alone[1]: 'e2e' is named twice", id="alone twice"),
        pytest.param(
            "stages = []", "stages: expected a list of at least one stage, found an empty list", id="no stage"
        ),
        pytest.param("source = ['a', 'a', 3]", "source[2]: expected a string, found 3", id="other lists may repeat"),
        pytest.param("stages = ['unit', 'lint', 'unit']", "stages[2]: 'unit' is named twice", id="stage named twice"),
        pytest.param("[commands]\nlint = ['']", f"commands.lint[0]: {_COMMAND}, found ''", id="no command"),
        pytest.param(
            "[commands]\nlint = ['a \"b']", f"commands.lint[0]: {_COMMAND}, found 'a \"b'", id="quotation not ended"
        ),
        pytest.param("[commands]\nlint = 'a'", "commands.lint: expected a list, found 'a'", id="a command for a list"),
        pytest.param(
            "[commands]\nunit = ['a']",
            "commands.unit: unknown key; did you mean commands.lint?",
            id="tools of a test stage",
        ),
        pytest.param("formatter = 'yapf'", "formatter: expected one of black, ruff, found 'yapf'", id="no such tool"),
        pytest.param("timeout = '0s'", f"timeout: {_DURATION}, found '0s'", id="no time at all"),
        pytest.param("timeout = '5 minutes'", f"timeout: {_DURATION}, found '5 minutes'", id="bad unit"),
        pytest.param("[suites.budgets]\nunit = '1'", f"suites.budgets.unit: {_DURATION}, found '1'", id="bad budget"),
        pytest.param(
            f"[[waivers]]\n{_WAIVER}".replace("'r'", "' '"),
            "waivers[0].reason: expected a text that is not empty, found ' '",
            id="waiver without a reason",
        ),
        pytest.param(
            f"[[waivers]]\n{_WAIVER}".replace("'o'", "''"),
            "waivers[0].owner: expected a text that is not empty, found ''",
            id="waiver without an owner",
        ),
        pytest.param(
            f"[[waivers]]\n{_WAIVER}".replace("TK201", "newly-skipped"),
            "waivers[0].rule: expected the code of a rule, such as 'TK201', found 'newly-skipped'",
            id="waiver of a rule's name",
        ),
        pytest.param(
            f"[[waivers]]\n{_WAIVER}".replace("expires = 2027-01-31", ""),
            "waivers[0].expires: missing; expected a date such as 2027-01-31",
            id="waiver for ever",
        ),
    ],
)
def test_loads__wrong_value__is_named_with_what_is_expected(text: str, problem: str) -> None:
    assert _problems(text) == (problem,)
    assert _problems(_in_pyproject(text), "pyproject.toml") == (problem,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("waivers = 'head'", "head", id="short"),
        pytest.param("waivers = 'base'", "base", id="short, the default"),
        pytest.param("waivers_from = 'head'", "head", id="in full"),
        pytest.param(f"waivers_from = 'head'\n[[waivers]]\n{_WAIVER}", "head", id="in full, beside waivers"),
        pytest.param("", "base", id="not said"),
    ],
)
def test_loads__whose_waivers_are_honoured__table(text: str, expected: str) -> None:
    policy = loads(text, "testkeep.toml")

    assert policy is not None
    assert policy.waivers_from == expected
    assert loads(_in_pyproject(text), "pyproject.toml") == policy


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("waivers = 'haed'", "waivers: expected a list, found 'haed'", id="short"),
        pytest.param("waivers_from = 'haed'", "waivers_from: expected one of base, head, found 'haed'", id="in full"),
        pytest.param("waivers = 'head'\nwaivers_from = 'base'", "waivers: expected a list, found 'head'", id="both"),
    ],
)
def test_loads__whose_waivers_are_honoured__wrong_word(text: str, problem: str) -> None:
    assert _problems(text) == (problem,)


def test_loads__many_problems__are_reported_at_once_in_the_files_order() -> None:
    text = """
        stage = ["lint"]
        stages = ["lint", "lint", "unti"]
        [coverage]
        overall = 870
        [coverage.layers]
        x = { path = ["a"], minimum = "80" }
        [suites]
        budgets = { unit = 1 }
        [[waivers]]
        rule = "201"
    """
    assert _problems(text) == (
        "stage: unknown key; did you mean stages?",
        "stages[1]: 'lint' is named twice",
        f"stages[2]: expected one of {_STAGES}, found 'unti'",
        f"coverage.overall: {_PERCENT}, found 870",
        "coverage.layers.x.path: unknown key; did you mean coverage.layers.x.paths?",
        f"coverage.layers.x.minimum: {_PERCENT}, found '80'",
        "coverage.layers.x.paths: missing; expected a list of at least one pattern",
        f"suites.budgets.unit: {_DURATION}, found 1",
        "waivers[0].rule: expected the code of a rule, such as 'TK201', found '201'",
        "waivers[0].test: missing; expected a text that is not empty",
        "waivers[0].reason: missing; expected a text that is not empty",
        "waivers[0].owner: missing; expected a text that is not empty",
        "waivers[0].expires: missing; expected a date such as 2027-01-31",
    )


@pytest.mark.parametrize(
    ("text", "source", "beginning"),
    [
        pytest.param("a = ", "pyproject.toml", "not valid TOML: ", id="invalid TOML"),
        pytest.param(
            "[tool]\ntestkeep = 3", "pyproject.toml", "tool.testkeep: expected a table", id="testkeep is no table"
        ),
    ],
)
def test_loads__unusable_file__says_so(text: str, source: str, beginning: str) -> None:
    """What follows is in the words of the library that reads."""
    (problem,) = _problems(text, source)
    assert problem.startswith(beginning)


def test_digest__equal_policies__have_equal_digests() -> None:
    assert digest(loads("[coverage]\ndiff = 90", "testkeep.toml") or Policy(stages=())) == digest(Policy())
    assert len(digest(Policy())) == 16


_X, _Y = "x = { paths = ['a'], minimum = 1 }", "y = { paths = ['a'], minimum = 2 }"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("", "[coverage]\noverall = 88", id="a threshold"),
        pytest.param("", "[coverage]\noverall = 87", id="a default that somebody wrote down"),
        pytest.param("", f"[[waivers]]\n{_WAIVER}", id="a waiver"),
        pytest.param(
            f"[coverage.layers]\n{_X}\n{_Y}", f"[coverage.layers]\n{_Y}\n{_X}", id="the order of layers, which decides"
        ),
    ],
)
def test_digest__policies_that_demand_something_else__differ(one: str, other: str) -> None:
    policies = [loads(text, "testkeep.toml") for text in (one, other)]
    assert len({digest(policy) for policy in policies if policy is not None}) == 2
