"""The first page: what this is and who can sign in."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.bank import SimulatedBank
from simulator.core.control import Controls, controls_of
from simulator.core.documents import format_document
from simulator.core.pages import esc, page
from simulator.core.people import people_of
from simulator.core.store import Row


async def index(request: Request) -> Response:
    controls = controls_of(request)
    banks = "".join(_bank(controls, bank) for bank in controls.banks)
    body = f"""<h1>Simulador de bancos</h1>
<p>Aqui os bancos são um programa deste computador. O sistema fala com eles como falaria com os de
verdade; você aprova, recusa e recebe dinheiro pelo aplicativo de cada um.</p>
<p><a href="/_sim/">Controles: falhas, relógio, chamadas</a></p>{banks}"""
    header = """<header class="bar"><div><span class="mark">Simulador</span></div></header>"""
    return page("Simulador de bancos", body, header=header)


def _bank(controls: Controls, bank: SimulatedBank) -> str:
    addresses = controls.sim.addresses
    address = addresses.get(bank.slug, "")
    others = "".join(
        f"<li>{label}: <code>{esc(addresses[name])}</code></li>"
        for name, label in (
            (f"{bank.slug}_tls", "Com TLS"),
            (f"{bank.slug}_direta", "Integração Direta (TLS com certificado do cliente)"),
            (f"{bank.slug}_files", "Arquivos das cobranças"),
        )
        if name in addresses
    )
    rows = "".join(_person(row) for row in people_of(controls.sim.store, bank.slug))
    return f"""<section class="card stack"><h2>{esc(bank.name)}</h2>
<p><a href="{esc(address)}/app">Aplicativo do banco {esc(bank.name)}</a></p>
<ul><li>Endereço da API: <code>{esc(address)}</code></li>{others}</ul>
<h3>Quem pode entrar</h3><ul class="rows">{rows or "<li>Ninguém ainda.</li>"}</ul></section>"""


def _person(row: Row) -> str:
    return f"""<li><span class="who">{esc(row["person"])}<small>CPF {format_document(row["cpf"])} ·
senha {esc(row["password"])}</small></span><span class="who">{esc(row["company"])}
<small>{format_document(row["cnpj"])} · conta {row["number"]}-{row["digit"]}</small></span></li>"""
