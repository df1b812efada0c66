"""Do the shards of a stage add up to its collection?"""

from __future__ import annotations

import msgspec
import pytest

from builders import a_record, a_suite, a_test
from testkeep.model.evidence import Evidence, Job, Side
from testkeep.model.stage import Stage
from testkeep.rules.shards import missing_shards, shard_faults


def _shard(
    shard: int, *own: str, others: tuple[str, ...] = (), of: int = 2, python: str = "3.12", side: Side = Side.HEAD
) -> Evidence:
    suite = msgspec.structs.replace(a_suite(*map(a_test, own)), other_shards=others)
    job = Job(id="unit", stages=(Stage.UNIT,), python=python, shard=shard, of=of, side=side)
    return msgspec.structs.replace(a_record(suite=suite), job=job)


_A, _B, _C = "t.py::test_a", "t.py::test_b[1]", "t.py::test_c"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([a_record(a_test())], [], id="no shards"),
        pytest.param([_shard(1, _A, others=(_B,)), _shard(2, _B, others=(_A,))], [], id="each test once"),
        pytest.param(
            [_shard(1, _A, others=("t.py::test_b[7]",)), _shard(2, _B, others=(_A,))],
            [],
            id="parameters that differ from process to process",
        ),
        pytest.param([_shard(1, _A, _B), _shard(2, others=(_A, _B))], [], id="an empty shard"),
        pytest.param(
            [_shard(1, _A, others=(_B, _C)), _shard(2, _B, others=(_A,))],
            [(Stage.UNIT, "t.py::test_c was collected in one shard, and left to others that did not collect it")],
            id="a test that the shard it belongs to did not collect",
        ),
        pytest.param(
            [_shard(1, _A, _B, others=()), _shard(2, _B, others=(_A,))],
            [(Stage.UNIT, "t.py::test_b[1] was in more than one shard")],
            id="a test in two shards",
        ),
        pytest.param(
            [
                _shard(1, _A, others=(_B,)),
                _shard(2, _B, others=(_A,)),
                _shard(1, _A, others=(_B,), python="3.13"),
                _shard(2, others=(_A,), python="3.13"),
            ],
            [(Stage.UNIT, "t.py::test_b was collected in one shard, and left to others that did not collect it")],
            id="lost in one environment only",
        ),
        pytest.param(
            [_shard(1, _A, others=(_B,)), _shard(2, _B, side=Side.BASE)], [], id="the base's shards are others"
        ),
    ],
)
def test_shard_faults(records: list[Evidence], expected: list[tuple[Stage, str]]) -> None:
    assert list(shard_faults(records)) == expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([_shard(1, _A), _shard(2, _B)], [], id="all there"),
        pytest.param([_shard(2, _A, of=3)], [(Stage.UNIT, "there is no record of shard 1/3, 3/3")], id="two missing"),
    ],
)
def test_missing_shards(records: list[Evidence], expected: list[tuple[Stage, str]]) -> None:
    assert list(missing_shards(records)) == expected
