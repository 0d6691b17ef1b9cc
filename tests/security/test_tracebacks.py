"""What failed stands in the log with its traceback, in both forms, without values of variables."""

import json
from typing import Any

import pytest
import structlog
from celery import shared_task
from django.test import Client

from tests.security.log_lines import written

both = pytest.mark.parametrize("as_json", [True, False])
log = structlog.get_logger(__name__)


@shared_task
def fails() -> None:
    password = "senha-na-" + "variavel-local"
    raise ValueError(f"no such thing in {len(password)} letters")


@shared_task
def never_ends() -> None:
    def deeper(number: int) -> int:
        return deeper(number + 1)

    deeper(0)


def test_the_json_form_is_one_line_each() -> None:
    with written() as lines:
        fails.apply()
        log.warning("next")

    first, second = (json.loads(line) for line in lines.getvalue().splitlines())
    assert first["exception"].startswith("Traceback (most recent call last):\n")
    assert (second["event"], second["level"], "exception" in second) == ("next", "warning", False)


def assert_shows_a_traceback(lines: str, error: str, function: str) -> None:
    assert "Traceback (most recent call last)" in lines
    assert f"in {function}" in lines
    assert error in lines
    assert "traceback object" not in lines
    assert "senha-na-variavel-local" not in lines


@both
def test_a_task_that_failed(as_json: bool) -> None:
    with written(as_json=as_json) as lines:
        fails.apply()

    assert_shows_a_traceback(lines.getvalue(), "ValueError: no such thing", "fails")


@both
def test_a_task_that_never_ends(as_json: bool) -> None:
    with written(as_json=as_json) as lines:
        never_ends.apply()

    assert_shows_a_traceback(lines.getvalue(), "RecursionError: maximum", "deeper")
    assert len(lines.getvalue()) < 20_000


@both
@pytest.mark.urls("tests.security.broken_urls")
def test_a_page_that_failed(client: Client, as_json: bool) -> None:
    client.raise_request_exception = False
    with written(as_json=as_json) as lines:
        assert client.get("/quebra/").status_code == 500

    assert_shows_a_traceback(lines.getvalue(), "RuntimeError: there is no /quebra/", "broken")
    assert lines.getvalue().count("Internal Server Error") == 1


@both
@pytest.mark.parametrize("said", ["exception", "exc_info", "error itself"])
def test_a_line_of_ours(as_json: bool, said: str) -> None:
    def say(error: Exception) -> None:
        if said == "exception":
            log.exception("went_wrong")
        else:
            given: Any = True if said == "exc_info" else error
            log.warning("went_wrong", exc_info=given)

    with written(as_json=as_json) as lines:
        try:
            raise KeyError("x") from ZeroDivisionError("the reason")
        except KeyError as error:
            say(error)

    assert "ZeroDivisionError: the reason" in lines.getvalue()
    assert_shows_a_traceback(lines.getvalue(), "KeyError: 'x'", "test_a_line_of_ours")
