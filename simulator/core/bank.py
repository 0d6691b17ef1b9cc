"""What a simulated bank has to be, to be served."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from starlette.routing import BaseRoute

from simulator.core.clock import Clock
from simulator.core.faults import BankFailure
from simulator.core.simulator import Simulator
from simulator.core.store import Store

App = Callable[[Any, Any, Any], Awaitable[None]]


class BankState(Protocol):
    """What the pages and the controls that banks share need to know of a bank's state."""

    store: Store
    clock: Clock

    @property
    def settings(self) -> Any: ...


class SimulatedBank(Protocol):
    """One bank: its API, its pages for people, its control API, and its part of the clock.

    Made with the simulator that holds what is shared; `attribute` is the name under which routes
    find `state` in `request.app.state`.
    """

    slug: str  # its folder, its place under /_sim/api, and the `bank` of faults and log
    name: str
    schema: str  # its tables, every one IF NOT EXISTS
    attribute: str

    @property
    def endpoints(self) -> Sequence[str]:
        """Paths to offer for faults."""
        ...

    def __init__(self, simulator: Simulator) -> None: ...

    @property
    def state(self) -> Any:
        """What `attribute` holds."""
        ...

    @property
    def settings(self) -> Any:
        """A dataclass of the points that the bank leaves open."""
        ...

    def api(self) -> App:
        """The bank's API and its consent page. Paths carry no last slash: `Door` removes it."""
        ...

    def pages(self) -> Sequence[BaseRoute]:
        """«Aplicativo do banco»: routes under /app of the bank's own address."""
        ...

    def control_routes(self) -> Sequence[BaseRoute]:
        """Its part of the control API, mounted under /_sim/api/<slug>."""
        ...

    def clear(self) -> None:
        """After the store was cleared: forget what is held in memory."""
        ...

    def is_planted(self) -> bool: ...

    def plant(self) -> None:
        """People, companies and history of the first start. Inside a write."""
        ...

    def settle_due(self) -> int:
        """Do what the clock has reached; how many things."""
        ...

    def failure(self, status: int) -> BankFailure:
        """The error of this status that a fault answers with."""
        ...

    def expire_tokens(self) -> None:
        """End the access tokens in force: refresh tokens stay good."""
        ...
