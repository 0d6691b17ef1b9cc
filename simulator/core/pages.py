"""Small pieces of the pages for people. Whatever is not a literal goes through `esc`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from simulator.core.clock import SAO_PAULO


def esc(value: object) -> str:
    return escape(str(value), quote=True)


def money(cents: int) -> str:
    """R$ 1.234,56"""
    return f"{'−' if cents < 0 else ''}R$ {bare_money(abs(cents))}"


def bare_money(cents: int) -> str:
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"


def read_money(text: str) -> int | None:
    """Centavos of a text like 1.234,56 or 1234.56; None when it is not above zero."""
    text = text.replace("R$", "").strip()
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    whole, _, cents = text.partition(".")
    digits = whole + cents.ljust(2, "0")
    if not (digits.isascii() and digits.isdigit()) or len(cents) > 2 or len(digits) > 15:
        return None
    return int(digits) or None


def read_number(text: str) -> int | None:
    """A whole number of an address or a hidden field; None when it is no such thing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def day_text(day: str) -> str:
    """31/12/2026 of 2026-12-31."""
    return "/".join(reversed(day.split("-")))


def time_text(instant: datetime) -> str:
    return f"{instant.astimezone(SAO_PAULO):%d/%m/%Y %H:%M:%S}"


def page(title: str, body: str, *, header: str = "", status: int = 200) -> HTMLResponse:
    """A whole page; `body` and `header` are HTML."""
    text = f"""<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><title>{esc(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/simulator.css"><link rel="icon" href="data:,"></head>
<body><a class="skip" href="#content">Ir para o conteúdo</a>{header}
<main id="content">{body}</main>
<footer>Simulador para desenvolvimento e testes. Nenhum dinheiro é de verdade.</footer>
</body></html>"""
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


def go_to(url: str) -> RedirectResponse:
    """After a form: the next page is asked with GET."""
    return RedirectResponse(url, 303)


async def read_form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def field(label: str, name: str, value: str = "", kind: str = "text", more: str = "") -> str:
    """A labelled input; `more` is HTML attributes."""
    shown = f' value="{esc(value)}"' if value else ""
    return (
        f'<div class="field"><label for="{name}">{esc(label)}</label>'
        f'<input id="{name}" name="{name}" type="{kind}"{shown} {more}></div>'
    )


def choice(label: str, name: str, options: Iterable[tuple[str, str]]) -> str:
    """A labelled select of (value, text)."""
    items = "".join(f'<option value="{esc(value)}">{esc(text)}</option>' for value, text in options)
    return (
        f'<div class="field"><label for="{name}">{esc(label)}</label>'
        f'<select id="{name}" name="{name}">{items}</select></div>'
    )


def act(
    url: str,
    label: str,
    *,
    style: str = "",
    about: str = "",
    fields: Sequence[tuple[str, str]] = (),
) -> str:
    """A button that posts; `about` is the id of what it is about, for screen readers."""
    hidden = "".join(
        f'<input type="hidden" name="{esc(name)}" value="{esc(value)}">' for name, value in fields
    )
    described = f' aria-describedby="{esc(about)}"' if about else ""
    return (
        f'<form method="post" action="{esc(url)}">{hidden}'
        f'<button class="{style}"{described}>{esc(label)}</button></form>'
    )


def rows_or(items: str, none: str) -> str:
    """The list of these items, or what is said when there is none."""
    return f'<ul class="rows">{items}</ul>' if items else f"<p>{none}</p>"


def note(text: str, tone: str = "bad") -> str:
    """A message at the top of the page, if there is one."""
    role = "alert" if tone == "bad" else "status"
    return f'<p class="note {tone}" role="{role}">{esc(text)}</p>' if text else ""
