from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from banking.banks.capability_table import capability_table
from tenants.models import Plan

BEGIN, END = "<!-- capability_table -->\n", "<!-- /capability_table -->\n"


def page() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "banks.md"


def renewed(text: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{capability_table(dict(Plan.choices))}\n{END}{rest.partition(END)[2]}"


class Command(BaseCommand):
    help = "Writes into docs/banks.md what each bank can do, from the banks' declarations."

    def handle(self, *args: Any, **options: Any) -> None:
        path = page()
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is current.")
