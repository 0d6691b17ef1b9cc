"""How a line of the log is written: one formatter for all, with tracebacks, without secrets."""

import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# The address that banks call has a secret in its path (decision 0005). All that writes a path
# writes it through here: known parts stay, and all that follows them is removed, however the
# slashes are written.
SLASH = r"(?:/|%(?:25)*2f)"
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DOOR = re.compile(
    rf"({SLASH}webhooks)((?:{SLASH})+[a-z0-9]{{2,10}}(?=/|%))?((?:{SLASH})+{ID})?"
    rf"(?:{SLASH})+[^\s\"'<>\\]*",
    re.IGNORECASE,
)
# A payer's page: the secret in its address opens it (decision 0040). The other one ends mails.
PAYER = re.compile(rf"({SLASH}(?:pagar|sem-lembretes))(?:{SLASH})+[^\s\"'<>\\]*", re.IGNORECASE)
# The secret as it is made (`token_urlsafe(32)`), under whatever path a bank was told by mistake.
SECRET = re.compile(rf"({SLASH})[A-Za-z0-9_-]{{43}}(?![\w.-])", re.IGNORECASE)


def without_secrets(line: str) -> str:
    without_pages = PAYER.sub(r"\1/***", line)
    return SECRET.sub(r"\1***", DOOR.sub(r"\1\2\3/***", without_pages))


def with_traceback(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The traceback as text. Of the error itself: Celery hands over an imitation that may break.

    No values of variables: they hold what people and banks trusted us with.
    """
    given: Any = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given and not isinstance(given, BaseException):
        given = sys.exc_info()[1]
    if isinstance(given, BaseException):
        event["exception"] = "".join(traceback.format_exception(given)).rstrip()
    return event


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """Writes what structlog and what everybody else logs: for people, or as JSON."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
            processors=[
                with_traceback,
                self.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False)
                if as_json
                else structlog.dev.ConsoleRenderer(
                    colors=False, exception_formatter=structlog.dev.plain_traceback
                ),
            ],
        )

    def format(self, record: Any) -> str:
        return without_secrets(super().format(record))
