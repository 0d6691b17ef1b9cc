"""How a bank's pages look: the bar, the navigation, and the form that signs somebody in."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from simulator.core.pages import act, esc, field, note, page
from simulator.core.people import Account

_NUMBER = 'inputmode="numeric" autocomplete="off" required'
_NAV = (("/app", "Início"), ("/app/extrato", "Extrato"), ("/app/receber", "Receber"))


@dataclass(frozen=True, slots=True)
class Look:
    """The names of a bank."""

    name: str  # at the end of titles
    code: str  # among banks
    mark: str  # in the bar
    app: str  # over the form that signs in
    nav: tuple[tuple[str, str], ...]  # the bank's own pages: address and label
    no_account: str = ""  # to somebody whose companies have no account

    def bare(self, title: str, body: str, status: int = 200) -> Response:
        """A page for somebody who is at no account yet."""
        header = f'<header class="bar"><div><span class="mark">{self.mark}</span></div></header>'
        narrow = f'<div class="card narrow stack">{body}</div>'
        return page(title, narrow, header=header, status=status)

    def sign_in(self, problem: str = "", cpf: str = "") -> Response:
        body = f"""<h1>{self.app}</h1>{note(problem)}
<form method="post" action="/app/entrar" class="stack">
{sign_in_fields(cpf)}
<button class="main wide">Entrar</button></form>"""
        return self.bare(f"Entrar · {self.name}", body, 401 if problem else 200)

    def companies(self, accounts: Sequence[Account]) -> Response:
        options = "".join(
            act("/app/empresa", held.name, style="wide", fields=[("account", str(held.id))])
            for held in accounts
        )
        none = f"<p>{self.no_account}</p>" if self.no_account else ""
        body = f"""<h1>Escolha a empresa</h1>
{options or none}{act("/app/sair", "Sair", style="quiet")}"""
        return self.bare(f"Escolha a empresa · {self.name}", body)

    def page(self, held: Account, title: str, path: str, body: str, status: int = 200) -> Response:
        """A page of the account `held`, at `path`."""
        links = "".join(
            f'<a href="{url}"{" aria-current=page" if url == path else ""}>{label}</a>'
            for url, label in (*_NAV, *self.nav)
        )
        leave = act("/app/trocar", "Trocar", style="quiet") + act(
            "/app/sair", "Sair", style="quiet"
        )
        header = f"""<header class="bar"><div><span class="mark">{self.mark}</span>
<span class="acts"><small>{esc(held.name)}</small>{leave}</span>
<nav aria-label="Principal">{links}</nav></div></header>"""
        return page(f"{title} · {self.name}", body, header=header, status=status)


def sign_in_fields(cpf: str) -> str:
    return field("CPF", "cpf", cpf, more=f"{_NUMBER} autofocus") + field(
        "Senha", "password", kind="password", more=_NUMBER
    )
