"""Shares the lines of a short report out among what it has to say. Decides what there is room for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum, auto
from itertools import cycle

from msgspec import Struct
from rich.text import Text

ELLIPSIS = "…"


class Urgency(IntEnum):
    """What gets its lines before what."""

    ERROR = auto()
    OUTPUT = auto()
    WARNING = auto()
    NOTE = auto()
    WAIVED = auto()


class Block(Struct, frozen=True, kw_only=True):
    """Lines that belong together; ``cut`` says the most important of them in so many lines, one or more.

    ``name`` stands for the block where there is no room for any line of it.
    """

    name: str
    urgency: Urgency
    whole: tuple[Text, ...]
    cut: Callable[[int], tuple[Text, ...]]

    def within(self, room: int) -> tuple[Text, ...]:
        """The block's lines, at most so many."""
        return self.whole if len(self.whole) <= room else self.cut(room)


# What is wrong and what the tool said of it belong together; the others get what these do not want.
_SHARING = ({Urgency.ERROR, Urgency.OUTPUT}, {Urgency.WARNING}, {Urgency.NOTE}, {Urgency.WAIVED})


def shares(wanted: Sequence[int], urgencies: Sequence[Urgency], room: int) -> tuple[int, ...]:
    """Say how many lines each block gets.

    Each gets one, the urgent ones first; then the urgent ones share what is left, then the others.

    >>> shares([3, 9, 9], [Urgency.ERROR, Urgency.OUTPUT, Urgency.WARNING], 10)
    (3, 6, 1)
    """
    order = sorted(range(len(wanted)), key=lambda index: urgencies[index])
    given = [0] * len(wanted)
    for index in order[: max(room, 0)]:
        given[index] = 1
    left = room - sum(given)
    for together in _SHARING:
        members = [index for index in order if urgencies[index] in together and given[index]]
        left -= _share_evenly(members, wanted, given, left)
    return tuple(given)


def _share_evenly(members: Sequence[int], wanted: Sequence[int], given: list[int], room: int) -> int:
    """Give each member one line more in turn, until there are no more lines or wishes; returns how many were given."""
    left = min(room, sum(wanted[index] - given[index] for index in members))
    used = max(left, 0)
    for index in cycle(members):
        if left <= 0:
            break
        if given[index] < wanted[index]:
            given[index] += 1
            left -= 1
    return used


def fits(blocks: Sequence[Block], room: int) -> bool:
    """Whether there is room for all that the blocks have to say."""
    return sum(len(block.whole) for block in blocks) <= room


def fit(blocks: Sequence[Block], room: int, rest: str) -> tuple[Text, ...]:
    """Put blocks below each other in at most so many lines; ``rest`` says where all is that is left out."""
    if sum(len(block.whole) + 1 for block in blocks) <= room:
        return tuple(line for block in blocks for line in (Text(), *block.whole))
    urgencies = [block.urgency for block in blocks]
    wanted = [len(block.whole) for block in blocks]
    given = shares(wanted, urgencies, room)
    if not all(given):
        given = shares(wanted, urgencies, room - 1)
    lines = [line for block, share in zip(blocks, given, strict=True) if share for line in block.within(share)]
    left = [block.name for block, share in zip(blocks, given, strict=True) if not share]
    if left and room > 0:
        lines.append(Text(f"{ELLIPSIS} {', '.join(dict.fromkeys(left))}: {rest}"))
    return tuple(lines)


def head_and_more(lines: Iterable[Text], room: int, more: Callable[[int], str]) -> tuple[Text, ...]:
    """Take the first lines; the last one says how many are left out."""
    everything = tuple(lines)
    if len(everything) <= room:
        return everything
    return (*everything[: room - 1], Text(more(len(everything) - room + 1)))
