"""The whole simulator: every bank as an ASGI application of its own, over one state."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.banks import banks
from simulator.cora.plug import CoraBank
from simulator.core import control, panel
from simulator.core.bank import App, SimulatedBank
from simulator.core.control import ControlError, Controls, answer_control_error
from simulator.core.door import Door
from simulator.core.simulator import Simulator
from simulator.index import index

_TICK_SECONDS = 0.5


class Application:
    """The banks' sites by slug, and what goes on between the requests."""

    def __init__(self, folder: Path, public_url: str, parent: int | None = None) -> None:
        """With `parent`, a process id, it ends itself when that is no longer its parent."""
        self._parent = parent
        self.sim = Simulator.open(folder, tuple(kind.schema for kind in banks()), public_url)
        self._banks = [kind(self.sim) for kind in banks()]
        self._remembered: datetime | None = None
        self._plant()
        controls = Controls(self.sim, banks=self._banks, reset=self._reset, settle=self._settle_due)
        main = [Route("/", index), *_control(self._banks), *panel.ROUTES]
        self.sites: dict[str, App] = {}
        for bank in self._banks:
            is_main = bank is self._banks[0]
            pages = _pages(
                controls, bank, main if is_main else [], self._lifespan if is_main else None
            )
            self.sites[bank.slug] = Site(pages, bank.api(), bank, self.sim)
            if isinstance(bank, CoraBank):
                self.sites["cora_direta"] = Site(pages, bank.direct_api(), bank, self.sim)
                self.sites["cora_files"] = Door(bank.files(), self.sim, bank)

    def _plant(self) -> None:
        with self.sim.store.write():
            for bank in self._banks:
                if not bank.is_planted():
                    bank.plant()

    def _reset(self, with_seed: bool) -> None:
        with self.sim.store.write():
            self.sim.clear()
            for bank in self._banks:
                bank.clear()
            if with_seed:
                self._plant_again()

    def _plant_again(self) -> None:
        """Inside a write. Twice in a row at the same second it is the same, and much cheaper."""
        second = self.sim.clock.now().replace(microsecond=0)
        if second == self._remembered:
            self.sim.store.recall()
            return
        for bank in self._banks:
            bank.plant()
        self.sim.store.remember()
        self._remembered = second

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work()) for work in (self._settle, self._deliver)]
        for task in tasks:
            task.add_done_callback(_end_with_it)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.sim.outbox.close()
        self.sim.store.close()

    def _settle_due(self) -> int:
        return sum(bank.settle_due() for bank in self._banks)

    async def _settle(self) -> None:
        while True:
            self._settle_due()
            if self._parent not in (None, os.getppid()):
                signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(_TICK_SECONDS)

    async def _deliver(self) -> None:
        while True:
            await self.sim.outbox.deliver_due()
            await self.sim.outbox.wait(_TICK_SECONDS)


class Site:
    """One address: what people and tests ask goes to the pages, and the rest to the bank."""

    def __init__(self, pages: Starlette, api: App, bank: SimulatedBank, sim: Simulator) -> None:
        self._pages = pages
        self._api = Door(api, sim, bank)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "/")
        if path == "/" or path.startswith(("/_sim", "/app", "/static")):
            await self._pages(scope, receive, send)
        else:
            await self._api(scope, receive, send)


def _end_with_it(task: asyncio.Task[None]) -> None:
    """A background task that dies ends the process: otherwise its end would not be noticed."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "background task", "exception": error})
        signal.raise_signal(signal.SIGTERM)


def _control(banks: list[SimulatedBank]) -> list[BaseRoute]:
    """The control API of all banks, under /_sim/api. Each bank's part finds its own state."""
    parts = []
    for bank in banks:
        part = Starlette(
            routes=list(bank.control_routes()),
            exception_handlers={ControlError: answer_control_error},
        )
        setattr(part.state, bank.attribute, bank.state)
        parts.append(Mount(f"/{bank.slug}", part))
    return [Mount("/_sim/api", routes=[*control.ROUTES, *parts])]


def _pages(
    controls: Controls,
    bank: SimulatedBank,
    main: list[BaseRoute],
    lifespan: Callable[[Starlette], Any] | None,
) -> Starlette:
    app = Starlette(
        routes=[
            *main,
            *bank.pages(),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        exception_handlers={ControlError: answer_control_error},
        lifespan=lifespan,
    )
    app.state.controls = controls
    setattr(app.state, bank.attribute, bank.state)
    return app
