"""/_sim/: faults, time, webhooks and the log, for people."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.core.control import (
    ControlError,
    Controls,
    add_fault,
    change_settings,
    controls_of,
    set_clock,
)
from simulator.core.faults import Fault, Kind
from simulator.core.journal import Record
from simulator.core.pages import act, choice, esc, field, go_to, note, page, read_form, time_text

_KINDS = {
    Kind.DELAY: "demorar antes de fazer",
    Kind.STATUS: "responder um erro em vez de fazer",
    Kind.DROP: "fechar a conexão em vez de fazer",
    Kind.RESET: "derrubar a conexão (reset) em vez de fazer",
    Kind.EXPIRE_TOKENS: "vencer os tokens de acesso antes de fazer",
    Kind.SLOW_ANSWER: "fazer e demorar a responder",
    Kind.LOSE_ANSWER: "fazer e perder a resposta",
    Kind.RESET_ANSWER: "fazer e derrubar a conexão (reset)",
    Kind.REPLACE_ANSWER: "fazer e responder outra coisa",
    Kind.UNKNOWN_FIELD: "responder com um campo desconhecido",
    Kind.UNKNOWN_ENUM: "responder com um status desconhecido",
    Kind.MISSING_FIELD: "responder sem o status",
}
_BODIES = (
    ("json", "JSON de erro"),
    ("empty", "vazio"),
    ("html", "uma página HTML"),
    ("truncated", "JSON cortado"),
)


async def show(request: Request) -> Response:
    return _panel(controls_of(request))


async def switch_on(request: Request) -> Response:
    controls, form = controls_of(request), await read_form(request)
    values: dict[str, Any] = {name: form.get(name, "") for name in ("kind", "body")}
    values["bank"], _, values["path"] = form.get("where", "* *").partition(" ")
    try:
        for name in ("ms", "status"):
            values[name] = int(form.get(name) or 0)
        values["retry_after"] = int(form["retry_after"]) if form.get("retry_after") else None
        values["times"] = int(form["times"]) if form.get("times") else None
        add_fault(controls, values)
    except ControlError as error:
        return _panel(controls, str(error))
    except ValueError:
        return _panel(controls, "Confira a falha: há um número inválido.")
    return go_to("/_sim/")


async def clear_faults(request: Request) -> Response:
    controls_of(request).sim.faults.clear()
    return go_to("/_sim/")


async def change_clock(request: Request) -> Response:
    controls, form = controls_of(request), await read_form(request)
    try:
        if "advance" in form:
            set_clock(controls, {"advance_seconds": int(form["advance"])})
        elif "now" in form:
            set_clock(controls, {"now": form["now"]})
        else:
            set_clock(controls, {"offset_seconds": 0})
    except (ControlError, ValueError) as error:
        return _panel(controls, str(error))
    return go_to("/_sim/")


async def change_latency(request: Request) -> Response:
    controls, form = controls_of(request), await read_form(request)
    try:
        change_settings(controls, {"latency_ms": int(form.get("latency_ms", ""))})
    except (ControlError, ValueError):
        return _panel(controls, "A latência deve ser um inteiro de milissegundos.")
    return go_to("/_sim/")


async def change_webhooks(request: Request) -> Response:
    controls, form = controls_of(request), await read_form(request)
    try:
        change_settings(
            controls,
            {
                "webhook_copies": int(form.get("webhook_copies", "")),
                "webhook_delay_seconds": int(form.get("webhook_delay_seconds", "")),
                "webhook_newest_first": "webhook_newest_first" in form,
                "webhook_drop": "webhook_drop" in form,
            },
        )
    except (ControlError, ValueError):
        return _panel(controls, "Cópias e atraso dos webhooks devem ser inteiros.")
    return go_to("/_sim/")


async def deliver(request: Request) -> Response:
    await controls_of(request).sim.outbox.deliver_due(now=True)
    return go_to("/_sim/")


async def start_again(request: Request) -> Response:
    controls_of(request).reset(True)
    return go_to("/_sim/")


def _panel(controls: Controls, problem: str = "") -> Response:
    sim = controls.sim
    pending = sum(1 for delivery in sim.outbox.listing() if delivery["state"] == "pending")
    faults = "".join(_fault(fault) for fault in sim.faults.all())
    rows = "".join(_request(record) for record in sim.journal.newest(30))
    body = f"""<h1>Controles do simulador</h1>{note(problem)}
<section class="card stack"><h2>Falhas</h2>
<ul class="rows">{faults or "<li>Nenhuma falha ligada.</li>"}</ul>
{act("/_sim/faults/clear", "Limpar todas") if faults else ""}{_fault_form(controls)}</section>
<section class="card stack"><h2>Relógio</h2><p>Agora são {time_text(sim.clock.now())}.</p>
<div class="acts">{_advance("+ 1 hora", 3600)}{_advance("+ 1 dia", 86_400)}
{act("/_sim/clock", "Voltar à hora certa")}</div>
<form method="post" action="/_sim/clock" class="grid">
{field("Ir para (horário de São Paulo)", "now", kind="datetime-local", more="required")}
<button>Mudar o relógio</button></form></section>
<section class="card stack"><h2>Latência e webhooks</h2>
<form method="post" action="/_sim/latency" class="grid">
{field("Latência (ms)", "latency_ms", str(sim.settings.latency_ms), "number", 'min="0"')}
<button>Mudar a latência</button></form>
<p>{pending} webhooks por entregar.</p>{act("/_sim/deliver", "Entregar agora")}
{_webhook_form(controls)}</section>
<section class="card stack"><h2>Últimas chamadas</h2><div class="scroll" tabindex="0"
 role="region" aria-label="Últimas chamadas"><table><thead><tr><th>Quando</th><th>Chamada</th>
<th>Resposta</th><th>Efeito</th></tr></thead><tbody>{rows}</tbody></table></div></section>
<section class="card stack"><h2>Começar de novo</h2>
<p>Apaga tudo e volta às pessoas, empresas e lançamentos do primeiro dia.</p>
{act("/_sim/start-again", "Apagar e começar de novo")}</section>"""
    header = """<header class="bar"><div><span class="mark">Simulador</span>
<nav aria-label="Principal"><a href="/">Início</a><a href="/app">Aplicativo do banco</a>
<a href="/_sim/" aria-current="page">Controles</a></nav></div></header>"""
    return page("Controles do simulador", body, header=header, status=422 if problem else 200)


def _places(controls: Controls) -> list[tuple[str, str]]:
    """Bank and path, as the form sends them, and how they are said."""
    places = [("* *", "em tudo, em todos os bancos")]
    for bank in controls.banks:
        places.append((f"{bank.slug} *", f"{bank.name}: em tudo"))
        places += [(f"{bank.slug} {path}", f"{bank.name}: {path}") for path in bank.endpoints]
    return places


def _fault_form(controls: Controls) -> str:
    return f"""<form method="post" action="/_sim/faults" class="grid">
{choice("O que acontece", "kind", [(kind.value, text) for kind, text in _KINDS.items()])}
{choice("Onde", "where", _places(controls))}
{field("Quantas vezes (vazio: até limpar)", "times", "1", "number", 'min="1"')}
{field("Demora (ms)", "ms", "3000", "number", 'min="0"')}
{field("Status", "status", "503", "number", 'min="200" max="599"')}
{field("Retry-After (s; vazio: sem)", "retry_after", "", "number", 'min="0"')}
{choice("Corpo", "body", _BODIES)}<button class="main">Ligar falha</button></form>"""


def _webhook_form(controls: Controls) -> str:
    settings = controls.sim.settings
    reverse = "checked" if settings.webhook_newest_first else ""
    drop = "checked" if settings.webhook_drop else ""
    copies, delay = str(settings.webhook_copies), str(settings.webhook_delay_seconds)
    return f"""<form method="post" action="/_sim/webhooks" class="grid">
{field("Cópias de cada webhook", "webhook_copies", copies, "number", 'min="1"')}
{field("Atraso (s)", "webhook_delay_seconds", delay, "number", 'min="0"')}
<label class="option"><input type="checkbox" name="webhook_newest_first" {reverse}>Fora de ordem:
 os mais novos primeiro</label>
<label class="option"><input type="checkbox" name="webhook_drop" {drop}>Nunca entregar</label>
<button>Mudar os webhooks</button></form>"""


def _fault(fault: Fault) -> str:
    times = "até limpar" if fault.times is None else f"mais {fault.times} vez(es)"
    return f"""<li><span class="who">{esc(_KINDS[fault.kind])}<small>{esc(fault.bank)}
 <code>{esc(fault.path)}</code> · {times}</small></span></li>"""


def _advance(label: str, seconds: int) -> str:
    return act("/_sim/clock", label, fields=[("advance", str(seconds))])


def _request(record: Record) -> str:
    effect = "sim" if record.effect else "repetida" if record.replay else "não"
    return f"""<tr><td class="num">{time_text(record.at)}</td>
<td>{esc(record.bank)} <code>{esc(record.method)} {esc(record.path)}</code></td>
<td>{record.status or "sem resposta"}</td><td>{effect}</td></tr>"""


ROUTES = [
    Route("/_sim/", show),
    Route("/_sim/faults", switch_on, methods=["POST"]),
    Route("/_sim/faults/clear", clear_faults, methods=["POST"]),
    Route("/_sim/clock", change_clock, methods=["POST"]),
    Route("/_sim/latency", change_latency, methods=["POST"]),
    Route("/_sim/webhooks", change_webhooks, methods=["POST"]),
    Route("/_sim/deliver", deliver, methods=["POST"]),
    Route("/_sim/start-again", start_again, methods=["POST"]),
]
