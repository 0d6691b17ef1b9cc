"""A real mail server on a free port, which does what a test tells it to."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class SmtpServer(socketserver.ThreadingTCPServer):
    """`taken` are the messages that it has, also those whose answer it swallowed."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.taken: list[EmailMessage] = []
        self.lock = threading.Lock()
        # By recipient: the answer to RCPT, the last one again and again.
        self.refused: dict[str, bytes] = {}
        # The numbers of the messages, from 1, after which the connection is cut without an answer.
        self.lost: set[int] = set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def recipients(self) -> Counter[str]:
        return Counter(str(message["To"]) for message in self.taken)

    def take(self, raw: bytes) -> int:
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        with self.lock:
            self.taken.append(message)
            return len(self.taken)


class Session(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        self.say(b"220 mail.example")
        while line := self.rfile.readline():
            word = line.strip().split(b" ")[0].upper()
            if word == b"DATA":
                if not self.data():
                    return
            elif word == b"RCPT":
                address = line[line.index(b"<") + 1 : line.index(b">")].decode()
                self.say(self.server.refused.get(address, b"250 ok"))
            elif word == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 ok")

    def data(self) -> bool:
        self.say(b"354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.server.take(b"".join(lines)) in self.server.lost:
            return False  # it has it, and says nothing
        self.say(b"250 taken")
        return True

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


@contextmanager
def smtp_server(settings: Any) -> Iterator[SmtpServer]:
    """The product mails to it."""
    server = SmtpServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
