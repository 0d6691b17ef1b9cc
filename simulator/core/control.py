"""The control API that all banks share, under /_sim/api. JSON; the README documents it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.core.bank import SimulatedBank
from simulator.core.clock import SAO_PAULO
from simulator.core.faults import BadFault, Fault
from simulator.core.settings import BadSetting, change
from simulator.core.simulator import Simulator
from simulator.core.store import Store

# Days of a banking calendar: near the ends of what a datetime holds, sums overflow.
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class ControlError(Exception):
    """The control request cannot be done. The message is Portuguese."""


@dataclass(frozen=True, slots=True)
class Controls:
    """What the shared controls need to know of the banks."""

    sim: Simulator
    banks: Sequence[SimulatedBank]  # the main one first
    reset: Callable[[bool], None]  # clear the banks, and plant the seed when asked to
    settle: Callable[[], int]  # do what the clock has reached; how many

    @property
    def settings(self) -> dict[str, Any]:
        """What /settings shows: the shared ones and the main bank's, by the name of keeping them.

        The other banks' have names that repeat: each is under /_sim/api/<slug>/settings.
        """
        return {"core": self.sim.settings, self.banks[0].slug: self.banks[0].settings}


def controls_of(request: Request) -> Controls:
    controls: Controls = request.app.state.controls
    return controls


async def answer_control_error(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def read_body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        value = json.loads(raw or b"{}")
    except ValueError:
        raise ControlError("O corpo não é JSON.") from None
    if not isinstance(value, dict):
        raise ControlError("O corpo não é um objeto JSON.")
    return value


async def health(request: Request) -> Response:
    return JSONResponse({"status": "ok", "now": controls_of(request).sim.clock.now().isoformat()})


async def addresses(request: Request) -> Response:
    """Where each bank is, and the authority that signed the certificates of those with TLS."""
    sim = controls_of(request).sim
    return JSONResponse({**sim.addresses, "ca_file": str(sim.authority.ca_file.resolve())})


async def reset(request: Request) -> Response:
    """Back to the first start: settings, faults, log and, unless `now` is given, the time."""
    controls, body = controls_of(request), await read_body(request)
    clock = controls.sim.clock
    now = _instant(body["now"]) if "now" in body else None
    clock.offset = timedelta()
    if now is not None:
        clock.set(now)
    controls.reset(body.get("seed", True) is True)
    return JSONResponse({"now": clock.now().isoformat()})


async def settings(request: Request) -> Response:
    controls = controls_of(request)
    if request.method == "PATCH":
        change_settings(controls, await read_body(request))
    merged: dict[str, Any] = {}
    for group in controls.settings.values():
        merged |= asdict(group)
    return JSONResponse(merged)


def change_settings(controls: Controls, changes: dict[str, Any]) -> None:
    """All of them, or none and a ControlError."""
    change_groups(controls.sim.store, controls.settings, changes)


def change_groups(store: Store, groups: dict[str, Any], changes: dict[str, Any]) -> None:
    """Of settings by the names of keeping them: all changes, or none and a ControlError."""
    try:
        change(store, groups, changes)
    except BadSetting as error:
        raise ControlError(str(error)) from None


async def clock(request: Request) -> Response:
    controls = controls_of(request)
    if request.method == "POST":
        set_clock(controls, await read_body(request))
    now = controls.sim.clock.now()
    offset = controls.sim.clock.offset.total_seconds()
    return JSONResponse({"now": now.isoformat(), "offset_seconds": offset})


def set_clock(controls: Controls, change: dict[str, Any]) -> None:
    """By `now` (with offset, or São Paulo time), `offset_seconds` or `advance_seconds`."""
    clock = controls.sim.clock
    match change:
        case {"now": str(now)}:
            clock.set(_instant(now))
        case {"offset_seconds": int() | float() as seconds}:
            clock.offset = _offset(timedelta(), seconds)
        case {"advance_seconds": int() | float() as seconds}:
            clock.offset = _offset(clock.offset, seconds)
        case _:
            raise ControlError("Informe now, offset_seconds ou advance_seconds.")
    controls.sim.keep_clock()
    while controls.settle():
        continue
    controls.sim.outbox.wake()


async def date(request: Request) -> Response:
    """How far the `Date` of the banks' answers is ahead of the machine's time; POST changes it."""
    sim = controls_of(request).sim
    if request.method == "POST":
        match await read_body(request):
            case {"ahead_seconds": int() | float() as seconds}:
                sim.date_ahead = _offset(timedelta(), seconds)
            case _:
                raise ControlError("Informe ahead_seconds.")
    return JSONResponse({"ahead_seconds": sim.date_ahead.total_seconds()})


def _instant(text: object) -> datetime:
    try:
        instant = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        raise ControlError("A data e hora devem estar em ISO 8601.") from None
    return _within(instant if instant.tzinfo else instant.replace(tzinfo=SAO_PAULO))


def _offset(base: timedelta, seconds: float) -> timedelta:
    try:
        offset = base + timedelta(seconds=seconds)
        _within(datetime.now(UTC) + offset)
    except (OverflowError, ValueError):
        raise ControlError("O relógio não vai tão longe.") from None
    return offset


def _within(instant: datetime) -> datetime:
    if not _FIRST <= instant < _LAST:
        raise ControlError("O relógio vai de 2000 a 2099.")
    return instant


async def faults(request: Request) -> Response:
    controls = controls_of(request)
    sim = controls.sim
    if request.method == "POST":
        return JSONResponse(add_fault(controls, await read_body(request)).as_json(), 201)
    if request.method == "DELETE":
        sim.faults.clear(request.path_params.get("id"))
    return JSONResponse([fault.as_json() for fault in sim.faults.all()])


def add_fault(controls: Controls, values: dict[str, Any]) -> Fault:
    if values.get("bank", "*") not in ("*", *(bank.slug for bank in controls.banks)):
        raise ControlError("Não há este banco.")
    try:
        return controls.sim.faults.add(values)
    except BadFault as error:
        raise ControlError(str(error)) from None


async def requests(request: Request) -> Response:
    """The requests received, oldest first, or their number with `count`."""
    journal, query = controls_of(request).sim.journal, request.query_params
    if request.method == "DELETE":
        journal.clear()
    try:
        since = int(query.get("since", "0"))
    except ValueError:
        raise ControlError("O parâmetro since deve ser um inteiro.") from None
    effect = {"true": True, "false": False}.get(query.get("effect", ""))
    found = journal.find(
        method=query.get("method", "*"),
        path=query.get("path", "*"),
        effect=effect,
        since=since,
        bank=query.get("bank", "*"),
    )
    if "count" in query:
        return JSONResponse({"count": sum(1 for _ in found)})
    return JSONResponse([record.as_json() for record in found])


async def webhooks(request: Request) -> Response:
    outbox = controls_of(request).sim.outbox
    if request.method == "POST":
        await outbox.deliver_due(now=True)
    return JSONResponse(await outbox.finished_listing())


ROUTES = [
    Route("/health", health),
    Route("/addresses", addresses),
    Route("/reset", reset, methods=["POST"]),
    Route("/settings", settings, methods=["GET", "PATCH"]),
    Route("/clock", clock, methods=["GET", "POST"]),
    Route("/date", date, methods=["GET", "POST"]),
    Route("/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/faults/{id:int}", faults, methods=["DELETE"]),
    Route("/requests", requests, methods=["GET", "DELETE"]),
    Route("/webhooks", webhooks),
    Route("/webhooks/deliver", webhooks, methods=["POST"]),
]
