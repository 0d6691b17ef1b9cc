"""Tasks that only call services. Messages carry ids, and losing one loses nothing."""

from uuid import UUID

from celery import shared_task

from charges.documents import bank_pdf, printing
from charges.dunning import outbox, trial
from charges.dunning.send import work_outbox
from charges.importing import stages
from charges.issuing import issue
from charges.refunds import send
from charges.tracking import rounds
from core.clock import database_now
from core.ticks import Tick


@shared_task(base=Tick)
def sweep_charges() -> None:
    """Every tick: what is to be issued, given back, followed or looked up?"""
    now = database_now()
    for tenant_id, account_id in issue.accounts_with_queue(now):
        issue_queued.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in send.accounts_with_refunds(now):
        send_refunds.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in rounds.unfinished(now):
        follow_account.delay(str(tenant_id), str(account_id))
    for tenant_id, account_id in bank_pdf.accounts_without_documents(now):
        fetch_documents.delay(str(tenant_id), str(account_id))
    for tenant_id, job_id in printing.waiting_prints(now):
        make_print.delay(str(tenant_id), str(job_id))
    printing.purge_prints(now)
    for tenant_id, file_id in stages.unfinished(now):
        go_on_with_import.delay(str(tenant_id), str(file_id))


@shared_task
def go_on_with_import(tenant_id: str, file_id: str) -> None:
    if stages.go_on(UUID(tenant_id), UUID(file_id)):
        go_on_with_import.delay(tenant_id, file_id)


@shared_task
def issue_queued(tenant_id: str, account_id: str) -> None:
    issue.issue_queued(UUID(tenant_id), UUID(account_id))


@shared_task
def send_refunds(tenant_id: str, account_id: str) -> None:
    send.send_refunds(UUID(tenant_id), UUID(account_id))


@shared_task
def follow_account(tenant_id: str, account_id: str) -> None:
    if rounds.follow_account(UUID(tenant_id), UUID(account_id)):
        follow_account.delay(tenant_id, account_id)


@shared_task
def fetch_documents(tenant_id: str, account_id: str) -> None:
    bank_pdf.fetch_documents(UUID(tenant_id), UUID(account_id))


@shared_task
def make_print(tenant_id: str, job_id: str) -> None:
    printing.make_print(UUID(tenant_id), UUID(job_id))


@shared_task(base=Tick)
def sweep_reminders() -> None:
    """Every tick: which companies may have mails to their payers?"""
    for tenant_id in outbox.companies_with_ladder():
        send_reminders.delay(str(tenant_id))


@shared_task
def send_reminders(tenant_id: str) -> None:
    work_outbox(UUID(tenant_id))


@shared_task
def send_trial(tenant_id: str, step_id: str, person_id: str) -> None:
    trial.send_trial(UUID(tenant_id), UUID(step_id), int(person_id))
