"""What the handler of production writes, as it writes it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from kamino.logs import LineFormatter


@contextmanager
def written(*, as_json: bool = True) -> Iterator[StringIO]:
    """All that our one handler writes while this is open."""
    (handler,) = (
        each for each in logging.getLogger().handlers if isinstance(each.formatter, LineFormatter)
    )
    assert isinstance(handler, logging.StreamHandler)
    before, formatter = handler.stream, handler.formatter
    stream = StringIO()
    handler.setStream(stream)
    handler.setFormatter(LineFormatter(as_json=as_json))
    try:
        yield stream
    finally:
        handler.setStream(before)
        handler.setFormatter(formatter)
