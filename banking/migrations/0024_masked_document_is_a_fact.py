"""What a bank shows of a document is a fact of its line like all else that it tells."""

from django.db import migrations

FORMER = [
    "id", "tenant_id", "bank_account_id", "bank_id", "booked_on", "occurred_at", "amount", "kind",
    "description", "counterparty_name", "counterparty_document", "raw", "is_from_file",
    "operation_on", "end_to_end_id",
]  # fmt: skip


def is_a_fact(columns: list[str]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"""
DROP TRIGGER statementline_is_a_fact ON "banking_statementline";
CREATE TRIGGER statementline_is_a_fact BEFORE UPDATE ON "banking_statementline"
    FOR EACH ROW WHEN (
        OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
        OR ({old}) IS DISTINCT FROM ({new})
    ) EXECUTE FUNCTION banking_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("banking", "0023_masked_document")]

    operations = [
        migrations.RunSQL(is_a_fact([*FORMER, "masked_document"]), is_a_fact(FORMER)),
    ]
