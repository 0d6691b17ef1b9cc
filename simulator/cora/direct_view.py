"""Integração Direta on the page «Integrações via APIs»."""

from simulator.cora.bank import Cora
from simulator.cora.direct import credentials_of
from simulator.core.clock import from_micros
from simulator.core.pages import act, esc, field, time_text
from simulator.core.people import Account
from simulator.core.store import Row


def direct_section(cora: Cora, held: Account) -> str:
    items = "".join(_credential(row) for row in credentials_of(cora, held.id))
    empty = "<p>Esta conta ainda não tem credenciais próprias.</p>"
    return f"""<section class="card stack"><h2>Integração Direta</h2>
<p class="muted">Credenciais da própria empresa: o Client ID e um certificado que vale no lugar da
senha. Guarde a chave privada como uma senha.</p>
{f'<ul class="rows">{items}</ul>' if items else empty}
<form method="post" action="/app/integracoes/direta" class="stack">
{field("Nome da integração", "name", "Sistema de gestão", more='required maxlength="60"')}
<button class="main">Gerar credenciais</button></form></section>"""


def _credential(row: Row) -> str:
    about, url = f"credential-{row['client_id']}", f"/app/integracoes/direta/{row['client_id']}"
    until = time_text(from_micros(row["expires_at"]))[:10]
    return f"""<li><span class="who" id="{about}"><strong>{esc(row["name"])}</strong>
<small>Client ID <code>{esc(row["client_id"])}</code></small>
<small>Certificado válido até {until}</small></span>
<span class="acts"><a href="{url}/certificate.pem" aria-describedby="{about}">certificate.pem</a>
<a href="{url}/private-key.key" aria-describedby="{about}">private-key.key</a>
{act(url + "/revogar", "Revogar", about=about)}</span></li>"""
