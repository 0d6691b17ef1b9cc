"""Store what a file adds: all of it in one transaction, so that it appears at once."""

from django.db import connection as database

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount, FileRow, StatementFile
from banking.statements.imports.balances import restate_balances
from banking.statements.imports.comparison import compared_with
from banking.statements.imports.files import hold, rows_of
from core.clock import database_now
from core.plurals import counted
from tenants.models import Membership
from tenants.scope import tenant_scope

Status, State, Answer = StatementFile.Status, FileRow.State, FileRow.Answer
CHANGED = "O extrato mudou desde a comparação: ela foi refeita. Confira e aplique de novo."
# A part of it is hidden. One X alone may be of a CNPJ with letters.
MASKED = r"""(row.document ~ '[*#_•●∙·]|[xX]{2}' AND row.document ~ '\d'
    AND length(regexp_replace(row.document, '[./\s-]', '', 'g')) IN (11, 14))"""
# In the order of the index that pages read by. The row becomes the line of its own id, at noon of
# its day, in the file's order: files tell no time.
LINES = """
INSERT INTO banking_statementline (
    tenant_id, bank_account_id, id, bank_id, booked_on, occurred_at, amount, kind, description,
    counterparty_name, counterparty_document, masked_document, raw, is_from_file, operation_on,
    end_to_end_id
)
SELECT row.tenant_id, file.bank_account_id, row.id, 'arquivo:' || row.id, row.day,
       (row.day + time '12:00') AT TIME ZONE 'America/Sao_Paulo'
           + row.number * interval '1 millisecond',
       row.amount, row.kind, left(row.text, 300), row.name,
       CASE WHEN NOT @MASKED AND row.document ~ '^[0-9A-Z]{11,14}$' THEN row.document ELSE '' END,
       CASE WHEN @MASKED THEN row.document ELSE '' END,
       jsonb_strip_nulls(jsonb_build_object(
           'arquivo', file.name, 'linha', row.row, 'texto', row.text,
           'id', nullif(row.source_id, ''), 'documento', nullif(row.check_number, ''),
           'contraparte', nullif(row.document, ''))),
       true, row.operation_day, left(row.end_to_end_id, 40)
FROM banking_filerow AS row
JOIN banking_statementfile AS file ON file.tenant_id = row.tenant_id AND file.id = row.file_id
WHERE row.tenant_id = %(tenant)s AND row.file_id = %(file)s AND (
    row.state = 'new' OR row.state = 'doubtful' AND row.answer = 'two')
ORDER BY row.day, row.number
""".replace("@MASKED", MASKED)
ROWS = """
UPDATE banking_filerow SET line_id = id, state = 'applied'
WHERE tenant_id = %(tenant)s AND file_id = %(file)s
    AND (state = 'new' OR state = 'doubtful' AND answer = 'two')
"""
SAME = """
UPDATE banking_filerow SET state = CASE WHEN line_id IS NULL THEN 'left_out' ELSE 'here' END
WHERE tenant_id = %(tenant)s AND file_id = %(file)s AND state = 'doubtful' AND answer = 'same'
"""
SOURCES = """
INSERT INTO banking_linesource (id, tenant_id, line_id, file_id, bank_account_id, kind, key)
SELECT gen_random_uuid(), row.tenant_id, row.line_id, row.file_id, file.bank_account_id, file.kind,
       row.source_id
FROM banking_filerow AS row
JOIN banking_statementfile AS file ON file.tenant_id = row.tenant_id AND file.id = row.file_id
WHERE row.tenant_id = %(tenant)s AND row.file_id = %(file)s
    AND row.state IN ('applied', 'here') AND row.line_id IS NOT NULL
ORDER BY row.day, row.number
ON CONFLICT DO NOTHING
"""


def apply_file(file: StatementFile, by: Membership) -> bool:
    """True: it was applied. False: the statement changed since it was compared, and it is compared
    anew. To be called outside of scopes."""
    with tenant_scope(file.tenant_id):
        account = hold_account(file)
        held = hold(file)
        if held.status != Status.APPLYING:
            return False
        held.bank_account = account
        if compared_with(held) != held.compared_with:
            held.status, held.fault = Status.COMPARING, CHANGED
            held.save(update_fields=["status", "fault"])
            return False
        added = write_lines(held)
        held.status, held.applied_at = Status.READY, database_now()
        held.save(update_fields=["status", "applied_at"])
        restate_balances(account)
        note(held, added, by)
    return True


def hold_account(file: StatementFile) -> BankAccount:
    """Who stores lines of the account waits: syncs note their progress there first."""
    accounts = BankAccount.objects.of(file.tenant_id).select_for_update(no_key=True)
    account: BankAccount = accounts.get(id=file.bank_account_id)
    return account


def write_lines(held: StatementFile) -> int:
    """How many are new."""
    of_file = {"tenant": held.tenant_id, "file": held.id}
    with database.cursor() as cursor:
        cursor.execute(SAME, of_file)
        cursor.execute(LINES, of_file)
        added: int = cursor.rowcount
        cursor.execute(ROWS, of_file)
        cursor.execute(SOURCES, of_file)
    return added


def note(held: StatementFile, added: int, by: Membership) -> None:
    rows = rows_of(held)
    record(
        Act.STATEMENT_APPLIED,
        on=held,
        by=by.user,
        why=held.why,
        after={
            "Arquivo": held.name,
            "Conta": str(held.bank_account),
            "Entraram": counted(added, "linha", "linhas"),
            "Já estavam aqui": counted(rows.filter(state=State.HERE).count(), "linha", "linhas"),
            "Em dúvida, de fora": counted(
                rows.filter(state=State.DOUBTFUL).count(), "linha", "linhas"
            ),
        },
    )
