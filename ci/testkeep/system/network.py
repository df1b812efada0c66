"""Whether services answer: a TCP connection is opened and closed, and nothing is sent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable

_CONNECT_S = 0.3
# The name of a host may take long to look up, and nothing can interrupt that.
_PATIENCE_S = 1.0


def refusals(places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Connect to hosts and ports, all at a time, and say why that fails where it does."""
    wanted = set(places)
    answers: dict[tuple[str, int], str] = {}

    def ask(place: tuple[str, int]) -> None:
        answers[place] = _refusal(place)

    threads = [threading.Thread(target=ask, args=(place,), daemon=True) for place in wanted]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + _PATIENCE_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    known = dict(answers)  # those that are late may still answer
    reasons = {place: known.get(place, "does not answer") for place in wanted}
    return {place: reason for place, reason in reasons.items() if reason}


def _refusal(place: tuple[str, int]) -> str:
    try:
        socket.create_connection(place, timeout=_CONNECT_S).close()
    except ConnectionRefusedError:
        return "refuses connections"
    except TimeoutError:
        return "does not answer"
    except (OSError, UnicodeError) as error:  # a name that is no host's may not even be one that can be asked for
        return f"cannot be reached: {getattr(error, 'strerror', None) or error}"
    return ""
