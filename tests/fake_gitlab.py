"""A server that behaves like the part of GitLab's API which testkeep uses."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "glpat-secret"
ME, SOMEBODY = 7, 8


class FakeGitLab:
    """One merge request, and the notes that it has."""

    def __init__(self) -> None:
        self.notes: list[dict[str, Any]] = []
        self.refuses = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                code, content = fake.answer(self.command, self.path, self.headers.get("PRIVATE-TOKEN"), body)
                self.send_response(code)
                if code in (301, 302):
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            do_GET = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.api = f"http://127.0.0.1:{self.server.server_port}/api/v4"

    def __enter__(self) -> FakeGitLab:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def add(self, author: int, body: str) -> int:
        """Have a note there; returns its id."""
        self.notes.append({"id": len(self.notes) + 100, "author": {"id": author}, "body": body})
        return len(self.notes) + 99

    def answer(self, method: str, path: str, token: str | None, body: Any) -> tuple[int, Any]:
        """Answer like GitLab."""
        if self.refuses:
            return self.refuses, {}
        if token != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        parts = urlsplit(path)
        if parts.path == "/api/v4/user":
            return 200, {"id": ME}
        notes, _, number = parts.path.partition("/notes")
        if notes != "/api/v4/projects/12/merge_requests/3":
            return 404, {}
        if method == "GET":
            query = parse_qs(parts.query)
            page, size = int(query["page"][0]), int(query["per_page"][0])
            return 200, self.notes[(page - 1) * size : page * size]
        if method == "POST":
            self.add(ME, body["body"])
            return 201, {}
        (note,) = [note for note in self.notes if str(note["id"]) == number.strip("/")]
        if note["author"]["id"] != ME:
            return 403, {}
        note["body"] = body["body"]
        return 200, {}
