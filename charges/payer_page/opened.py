"""That a payer looked at the page, on the charge's timeline: once a day at most.

What a browser fetches ahead, and what a mail server looks at before it hands a mail over, only
reads the page. It tells us by a message of its own when somebody has it before their eyes.
"""

from django.db.models import Q

from charges.models import Charge, PayerPage
from charges.payer_page.page import PayerView
from charges.timeline import Tone, note

OPENED = "Pagador abriu a página"


def note_opened(view: PayerView) -> bool:
    """False when it was noted today already. Runs inside the company's scope."""
    charge: Charge = view.charge
    pages = PayerPage.objects.of(charge.tenant_id).filter(charge=charge)
    is_first = Q(opened_on=None) | Q(opened_on__lt=view.today)
    if not pages.filter(is_first).update(opened_on=view.today):
        return False
    note(charge, OPENED, tone=Tone.PLAIN)
    return True
