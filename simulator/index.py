"""The first page: what this is and who can sign in."""

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.bank import SLUG, cora_of
from simulator.cora.seed import PARTNER
from simulator.core.documents import format_document
from simulator.core.pages import esc, page
from simulator.core.people import people_of
from simulator.core.store import Row


async def index(request: Request) -> Response:
    cora = cora_of(request)
    rows = "".join(_person(row) for row in people_of(cora.store, SLUG))
    body = f"""<h1>Simulador de bancos</h1>
<p>Aqui a Cora é um programa deste computador. O sistema fala com ela como falaria com o banco; você
aprova, recusa e recebe dinheiro pelo aplicativo.</p>
<p><a href="/app">Aplicativo do banco</a> ·
<a href="/_sim/">Controles: falhas, relógio, chamadas</a></p>
<section class="card"><h2>Quem pode entrar</h2><ul class="rows">{rows}</ul></section>
<section class="card stack"><h2>Para conectar um sistema</h2>
<p>Endereço do banco: <code>{esc(cora.sim.public_url)}</code></p>
<p>Parceiro: <code>{PARTNER.client_id}</code>, segredo <code>{PARTNER.secret}</code>, com volta para
qualquer endereço <code>http</code> deste computador.</p></section>"""
    header = """<header class="bar"><div><span class="mark">Simulador</span></div></header>"""
    return page("Simulador de bancos", body, header=header)


def _person(row: Row) -> str:
    return f"""<li><span class="who">{esc(row["person"])}<small>CPF {format_document(row["cpf"])} ·
senha {esc(row["password"])}</small></span><span class="who">{esc(row["company"])}
<small>{format_document(row["cnpj"])} · conta {row["number"]}-{row["digit"]}</small></span></li>"""
