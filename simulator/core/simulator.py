"""What is shared by the banks of one simulator."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from simulator.core import ledger, people, sessions, told, webhooks
from simulator.core.certificates import Authority
from simulator.core.clock import Clock
from simulator.core.faults import Faults
from simulator.core.journal import Journal
from simulator.core.settings import Settings, load
from simulator.core.store import Store
from simulator.core.titles import ClearingHouse
from simulator.core.webhooks import Outbox

SCHEMAS = (people.SCHEMA, sessions.SCHEMA, ledger.SCHEMA, told.SCHEMA, webhooks.SCHEMA)


@dataclass
class Simulator:
    store: Store
    clock: Clock
    settings: Settings
    faults: Faults
    journal: Journal
    outbox: Outbox
    public_url: str  # Cora's, which is the main one
    authority: Authority
    clearing_house: ClearingHouse = field(default_factory=ClearingHouse)
    addresses: dict[str, str] = field(default_factory=dict)  # where each bank is served
    date_ahead: timedelta = timedelta()  # how far the `Date` of the answers is ahead of the truth

    @classmethod
    def open(cls, folder: Path, schemas: tuple[str, ...], public_url: str) -> "Simulator":
        """Open the state in `folder`, or a new one.

        Raises:
            StateInUse: another simulator has it.
        """
        store = Store(folder, SCHEMAS + schemas)
        clock = Clock(timedelta(microseconds=store.kept("clock_offset") or 0))
        settings = load(store, "core", Settings)
        outbox = Outbox(store, clock, settings)
        return cls(
            store, clock, settings, Faults(), Journal(), outbox, public_url, Authority.open(folder)
        )

    def keep_clock(self) -> None:
        self.store.keep("clock_offset", self.clock.offset // timedelta(microseconds=1))

    def clear(self) -> None:
        """Forget everything but the time."""
        self.store.clear()
        self.keep_clock()
        self.date_ahead = timedelta()
        self.settings.__dict__.update(Settings().__dict__)
        self.faults.clear()
        self.journal.clear()
