"""Banco Quarto over HTTP: one account, known keys, tokens that can be ended."""

import json
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

KEYS = {"key": "quarto-key-1", "secret": "quarto-secret-1"}
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


class QuartoSimulator:
    """Money is centavos."""

    def __init__(self, document: str, holder: str) -> None:
        self.account = {
            "branch": "0001",
            "number": "445566-7",
            "holder": holder,
            "document": document,
        }
        self.entries: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.requests: list[str] = []  # each with the status of its answer: "GET /account 200"

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            bank: ClassVar[QuartoSimulator] = self

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                status, answer = self.bank._answer(self.path, body, dict(self.headers))
                path = urlsplit(self.path).path
                self.bank.requests.append(f"{self.command} {path} {status}")
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet: the tests read `requests`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, cents: int, text: str, name: str, at: datetime) -> None:
        number = len(self.entries) + 1
        entry = {"id": f"q{number}", "at": at.isoformat(), "cents": cents}
        self.entries.append({**entry, "text": text, "name": name})

    def end_tokens(self) -> None:
        self.tokens.append("")

    def _answer(self, address: str, body: str, headers: dict[str, str]) -> tuple[int, Any]:
        parts = urlsplit(address)
        if parts.path == "/token":
            typed = {name: values[0] for name, values in parse_qs(body).items()}
            if typed != KEYS:
                return 401, {"error": "invalid_client"}
            self.tokens.append(f"token-{len(self.tokens) + 1}")
            return 200, {"access_token": self.tokens[-1], "expires_in": 3600}
        if not self.tokens or headers.get("Authorization") != f"Bearer {self.tokens[-1]}":
            return 401, {}
        if parts.path == "/account":
            return 200, {**self.account, "balance": self._sum(self.entries)}
        days = {name: values[0] for name, values in parse_qs(parts.query).items()}
        before = [e for e in self.entries if self._day(e) < days["since"]]
        within = [e for e in self.entries if days["since"] <= self._day(e) <= days["until"]]
        opening = self._sum(before)
        return 200, {
            "opening": opening,
            "closing": opening + self._sum(within),
            "entries": within,
        }

    @staticmethod
    def _sum(entries: list[dict[str, Any]]) -> int:
        return sum(int(entry["cents"]) for entry in entries)

    @staticmethod
    def _day(entry: dict[str, Any]) -> str:
        return str(datetime.fromisoformat(entry["at"]).astimezone(SAO_PAULO).date())
