"""A merge request's notes, through GitLab's API."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

_TIMEOUT_S = 20.0
_PAGE = 100
_MOST_PAGES = 50


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Does not follow: another host would be sent the token, too."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class MergeRequestNotes:
    """The notes of one merge request: ``number`` in ``project`` (its id), by the API at the address ``api``."""

    api: str
    project: str
    number: str
    token: str = field(repr=False)

    def put(self, marker: str, text: str) -> str:
        """Write a note that begins with ``marker``, in place of the one that the token's owner wrote before.

        Returns what went wrong; empty if nothing did.
        """
        notes = f"/projects/{quote(self.project, safe='')}/merge_requests/{quote(self.number, safe='')}/notes"
        try:
            earlier = self._find(notes, marker)
            body = {"body": f"{marker}\n{text}"}
            self._call("POST" if earlier is None else "PUT", notes if earlier is None else f"{notes}/{earlier}", body)
        except urllib.error.HTTPError as error:
            with error:  # it holds the connection
                return f"GitLab answered {error.code} {error.reason}"
        except (OSError, HTTPException) as error:
            return f"GitLab cannot be reached: {getattr(error, 'reason', error)}"
        except (ValueError, KeyError, TypeError, AttributeError):
            return "what answered is not GitLab's API"
        return ""

    def _find(self, notes: str, marker: str) -> int | None:
        # Anybody can write a note that begins like ours.
        owner = self._call("GET", "/user")["id"]
        for page in range(1, _MOST_PAGES + 1):
            found = self._call("GET", f"{notes}?per_page={_PAGE}&page={page}&sort=asc")
            for note in found:
                if note["author"]["id"] == owner and note["body"].startswith(marker):
                    return int(note["id"])
            if len(found) < _PAGE:
                break
        return None

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        if not self.api.startswith(("https://", "http://")):
            raise ValueError(self.api)
        request = urllib.request.Request(  # noqa: S310  (checked above)
            f"{self.api}{path}",
            data=json.dumps(body).encode() if body else None,
            headers={"PRIVATE-TOKEN": self.token, "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT_S) as answer:
            return json.loads(answer.read())
