"""The whole simulator as one ASGI application."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.cora import app_pages, control_entries, direct_control, orders, seed
from simulator.cora import bank as cora_bank
from simulator.cora import control as cora_control
from simulator.cora.api import build_api
from simulator.cora.bank import Cora
from simulator.cora.invoices import control as invoice_control
from simulator.cora.invoices import life as invoices
from simulator.core import control, panel
from simulator.core.control import ControlError, Controls, answer_control_error
from simulator.core.door import Door
from simulator.core.simulator import Simulator
from simulator.index import index

_OF_PEOPLE = ("/_sim", "/app", "/static")
_TICK_SECONDS = 0.5


class Application:
    """Sends what people and tests ask to the pages, and the rest to the banks."""

    def __init__(self, folder: Path, public_url: str, parent: int | None = None) -> None:
        """With `parent`, a process id, it ends itself when that is no longer its parent."""
        self._parent = parent
        self._sim = Simulator.open(folder, (cora_bank.SCHEMA,), public_url)
        self._cora = Cora(self._sim)
        controls = Controls(
            self._sim,
            settings={"core": self._sim.settings, cora_bank.SLUG: self._cora.settings},
            reset=self._reset,
            settle=self._settle_due,
        )
        if self._sim.store.row("SELECT 1 FROM cora_partner") is None:
            seed.plant(self._cora)
        self._people = _pages(controls, self._cora, lifespan=self._lifespan)
        self._bank = Door(build_api(self._cora), self._sim)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "/")
        if path == "/" or path.startswith(_OF_PEOPLE):
            await self._people(scope, receive, send)
        else:
            await self._bank(scope, receive, send)

    def _settle_due(self) -> int:
        return orders.settle_due(self._cora) + invoices.settle_due(self._cora)

    def _reset(self, with_seed: bool) -> None:
        with self._sim.store.write():
            self._sim.clear()
            self._cora.clear()
            if with_seed:
                seed.plant(self._cora)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work()) for work in (self._settle, self._deliver)]
        for task in tasks:
            task.add_done_callback(_end_with_it)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sim.outbox.close()
        self._sim.store.close()

    async def _settle(self) -> None:
        while True:
            self._settle_due()
            if self._parent not in (None, os.getppid()):
                signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(_TICK_SECONDS)

    async def _deliver(self) -> None:
        while True:
            await self._sim.outbox.deliver_due()
            await self._sim.outbox.wait(_TICK_SECONDS)


def _end_with_it(task: asyncio.Task[None]) -> None:
    """A background task that dies takes the process with it: nobody would notice otherwise."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "background task", "exception": error})
        signal.raise_signal(signal.SIGTERM)


def _pages(
    controls: Controls, cora: Cora, lifespan: Callable[[Starlette], Any]
) -> Callable[[Any, Any, Any], Awaitable[None]]:
    more = [*invoice_control.ROUTES, *direct_control.ROUTES]
    banks = Mount("/cora", routes=[*control_entries.ROUTES, *cora_control.ROUTES, *more])
    app = Starlette(
        routes=[
            Route("/", index),
            *app_pages.ROUTES,
            Mount("/_sim/api", routes=[*control.ROUTES, banks]),
            *panel.ROUTES,
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        exception_handlers={ControlError: answer_control_error},
        lifespan=lifespan,
    )
    app.state.controls, app.state.cora = controls, cora
    return app
