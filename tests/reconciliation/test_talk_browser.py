"""The page of a bank line, its questions, the saved filters and the files, in a browser."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from banking.models import BankAccount
from reconciliation.matches.questions import answer, ask
from reconciliation.models import LineQuestion
from reconciliation.saved_filters import save_filter
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.reconciliation.books import member
from tests.reconciliation.matched import line, make_entry, matched

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_line_is_talked_about_and_its_statement_leaves_as_a_file(
    live_server: LiveServer,
    tenant: Tenant,
    itau: BankAccount,
    ana: Membership,
    open_browser: OpenBrowser,
) -> None:
    row = line(itau, "-150.00", description="Compra cartão final 4471")
    matched(row, make_entry(itau, "-150.00"), by=ana)
    line(itau, "-12.00", description="Tarifa pacote")
    beto = member(tenant)
    with tenant_scope(tenant.id):
        old = ask(row, "De qual projeto?", of=beto, by=ana)
        answer(old.id, "Obra da filial", by=beto)
        open_one = ask(row, "Você tem a nota fiscal desta compra?", of=ana, by=beto)
        save_filter("Saídas do mês", "tipo=saidas", is_shared=True, by=ana)
    details = live_server.url + reverse("reconciliation:details", args=[row.id])

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (ana.user.email, PASSWORD))
        page.goto(details)
        page.get_by_label("Comentário").fill("Falta a nota fiscal")
        page.get_by_role("button", name="Comentar").click()
        page.get_by_label("Arquivo").set_input_files(
            {"name": "nota.pdf", "mimeType": "text/plain", "buffer": b"%PDF-1.7 %%EOF"}
        )
        page.get_by_role("button", name="Anexar").click()
        expect(page.get_by_role("link", name="nota.pdf")).to_be_visible()
        conciliar = f"{live_server.url}/conciliar/?conta={itau.id}"
        assert [save(page, conciliar, kind) for kind in ("XLSX", "CSV", "OFX")] == [
            f"extrato-{itau.bank_code}-{itau.number}" for _ in range(3)
        ]
        page.goto(f"{conciliar}&tipo=saidas")
        page.get_by_text("Filtros salvos").click()
        page.get_by_role("link", name="Salvar este filtro").click()
        page.get_by_label("Nome", exact=True).fill("Minhas saídas")
        page.get_by_role("button", name="Salvar filtro").click()
        expect(page.get_by_text("Compra cartão final 4471").first).to_be_visible()
        addresses = {
            "conciliar": conciliar,
            "com-pergunta": f"{conciliar}&situacao=com-pergunta",
            "detalhes": details,
            "pergunta": live_server.url + reverse("reconciliation:question", args=[open_one.id]),
            "perguntas": live_server.url + reverse("reconciliation:questions"),
            "filtros": live_server.url + reverse("reconciliation:filters") + "?tipo=saidas",
        }
        if folder := os.environ.get("SHOTS"):
            shoot(page, Path(folder), addresses)
        browsing.look_at(page, *addresses.values())
        page.goto(addresses["pergunta"])
        page.get_by_label("Resposta").fill("Está em anexo")
        page.get_by_role("button", name="Responder").click()
        expect(page.get_by_text("Está em anexo")).to_be_visible()
    with tenant_scope(tenant.id):
        assert not LineQuestion.objects.of(tenant).open().exists()


def save(page: Page, address: str, kind: str) -> str:
    """The name of the file without its day."""
    page.goto(address)
    page.get_by_text("Exportar").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name=kind).click()
    return saved.value.suggested_filename.rsplit("-", 3)[0]


def shoot(page: Page, folder: Path, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        for size in (browsing.DESKTOP, browsing.PHONE):
            for scheme in ("light", "dark"):
                page.set_viewport_size(size)
                page.emulate_media(color_scheme=scheme)
                page.goto(address)
                if name == "conciliar":
                    page.get_by_text("Filtros salvos").click()
                    expect(page.get_by_text("Saídas do mês")).to_be_visible()
                path = folder / f"{name}-{size['width']}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
