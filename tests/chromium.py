"""Debian's Chromium under Playwright."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from playwright.sync_api import Browser, Playwright, sync_playwright

# The shell has no window to draw: it takes half of the other's time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
# It runs as root here, and asks nothing of the world outside.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The fixtures that use it: what takes one is marked `browser`.
FIXTURES = frozenset({"browser", "open_browser"})
OpenBrowser = Callable[[], AbstractContextManager[Browser]]


class Chromium:
    """One process for all tests of a test process, started by the first that needs it: each page is
    in a session of its own, and nothing of it is left to the next test."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    @contextmanager
    def use(self) -> Iterator[Browser]:
        """While it is used Playwright's loop counts as running, and Django allows no queries."""
        try:
            browser = self._started()
            try:
                yield browser
            finally:
                for context in browser.contexts:
                    context.close()
        finally:
            asyncio._set_running_loop(None)

    def end(self) -> None:
        if self._playwright is not None:
            asyncio._set_running_loop(self._playwright._loop)
            self._playwright.stop()  # and with it the browser
            asyncio._set_running_loop(None)

    def _started(self) -> Browser:
        if self._playwright is None:
            self._playwright = sync_playwright().start()
        asyncio._set_running_loop(self._playwright._loop)
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        return self._browser
