"""Pass banks' notices, as they came, through the inbox again."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from banking.models import BankEvent
from banking.webhooks.replay import Outcome, Wanted, find_kept, replay
from brazil.banking_days import sao_paulo_day
from brazil.cnpj import parse_cnpj
from brazil.errors import InvalidValue


class Command(BaseCommand):
    help = (
        "Lista os avisos dos bancos guardados como chegaram (90 dias). Com --go, cada um passa de "
        "novo pela caixa de entrada: o banco é consultado, e nada muda além do que ele responder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", metavar="CNPJ", help="só desta empresa")
        parser.add_argument("--account", type=UUID, help="só desta conta bancária (id)")
        parser.add_argument("--since", type=date.fromisoformat, help="AAAA-MM-DD, inclusive")
        parser.add_argument("--until", type=date.fromisoformat, help="AAAA-MM-DD, inclusive")
        parser.add_argument("--id", type=UUID, action="append", default=[], help="só este aviso")
        parser.add_argument("--unread", action="store_true", help="só os que não foram lidos")
        parser.add_argument("--go", action="store_true", help="passar, e não só listar")

    def handle(self, *args: Any, **options: Any) -> None:
        events = find_kept(wanted(options))
        if not options["go"]:
            for event in events:
                self.stdout.write(line(event))
            self.stdout.write(f"{len(events)} avisos. Para passá-los de novo: --go")
            return
        done = replay(events)
        self.stdout.write(
            f"{done[Outcome.READ]} passados, {done[Outcome.UNREAD]} ainda não lidos, "
            f"{done[Outcome.SEALED]} cifrados com uma chave que falta em CREDENTIAL_KEYS."
        )


def wanted(options: dict[str, Any]) -> Wanted:
    try:
        cnpj = parse_cnpj(options["company"]) if options["company"] else ""
    except InvalidValue as error:
        raise CommandError(str(error)) from error
    return Wanted(
        cnpj=cnpj,
        account=options["account"],
        since=options["since"],
        until=options["until"],
        ids=options["id"],
        unread=options["unread"],
    )


def line(event: BankEvent) -> str:
    """Nothing of its body, which may be about people."""
    what = f"{event.kind} {event.reference}" if event.kind else "não lido"
    day = f"{sao_paulo_day(event.received_at):%d/%m/%Y}"
    return f"{event.id} {day} {event.tenant.cnpj} {event.connection.bank_name}: {what}"
