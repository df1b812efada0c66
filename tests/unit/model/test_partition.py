"""Shards: every test in exactly one, whatever is known of them."""

from __future__ import annotations

from collections import Counter

import pytest

from testkeep.model.partition import Partition, balance

_IDS = [f"tests/unit/test_{file}.py::test_{name}" for file in "abcdef" for name in ("one", "two[x]", "two[y]", "three")]


@pytest.mark.parametrize("of", [1, 2, 3, 7, 50])
@pytest.mark.parametrize(
    "durations",
    [
        pytest.param({}, id="nothing known"),
        pytest.param(dict.fromkeys(_IDS, 0.1), id="all known, equal"),
        pytest.param(dict.fromkeys(_IDS[:7], 1.0), id="some known"),
        pytest.param(dict.fromkeys(_IDS, 0.0), id="no time at all"),
        pytest.param({**dict.fromkeys(_IDS, 0.1), _IDS[5]: 99.0}, id="one very long"),
    ],
)
def test_shards__any_number__have_each_test_exactly_once(durations: dict[str, float], of: int) -> None:
    partition = balance(durations, of)

    shards = {test_id: partition.shard_of(test_id) for test_id in _IDS}

    assert set(shards) == set(_IDS)
    assert all(1 <= shard <= of for shard in shards.values())


@pytest.mark.parametrize("partition", [Partition(of=5), balance(dict.fromkeys(_IDS, 1.0), 5)], ids=["digest", "bounds"])
def test_shard_of__parameters_of_one_function__stay_together(partition: Partition) -> None:
    assert partition.shard_of("tests/a.py::test_b[1]") == partition.shard_of("tests/a.py::test_b[0x7f3]")


def test_shard_of__no_durations__depends_on_the_id_alone() -> None:
    # Written down: another answer on another machine or in another version would lose tests.
    ids = ("tests/test_a.py::test_a", "tests/test_b.py::test_a[1]", "tests/test_c.py::TestA::test_a")

    assert [Partition(of=4).shard_of(test_id) for test_id in ids] == [4, 4, 1]


def test_shard_of__no_durations__spreads_tests() -> None:
    counts = Counter(Partition(of=4).shard_of(f"tests/test_{n}.py::test_{n}") for n in range(1000))

    assert min(counts.values()) > 200


def test_balance__known_durations__makes_the_longest_shard_as_short_as_may_be() -> None:
    durations = {"a.py::a": 4.0, "a.py::b": 1.0, "b.py::c": 1.0, "c.py::d": 4.0, "d.py::e": 2.0}

    partition = balance(durations, 3)

    assert partition == Partition(of=3, bounds=("b.py::c", "d.py::e"))
    assert [partition.shard_of(test_id) for test_id in durations] == [1, 1, 2, 2, 3]


def test_balance__a_new_test_beside_known_ones__goes_where_its_neighbours_are() -> None:
    partition = balance({"a.py::a": 1.0, "a.py::c": 1.0, "b.py::a": 1.0, "b.py::c": 1.0}, 2)

    assert [partition.shard_of(new) for new in ("a.py::b", "b.py::b", "0.py::a", "z.py::a")] == [1, 2, 1, 2]


def test_balance__more_shards_than_tests__leaves_the_last_ones_empty() -> None:
    partition = balance({"a.py::a": 1.0, "b.py::b": 1.0}, 4)

    assert [partition.shard_of(test_id) for test_id in ("a.py::a", "b.py::b")] == [1, 2]


def test_balance__same_durations_in_another_order__is_the_same() -> None:
    durations = {test_id: 0.1 * index for index, test_id in enumerate(_IDS)}

    assert balance(durations, 3) == balance(dict(reversed(durations.items())), 3)
