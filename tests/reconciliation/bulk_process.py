"""An act on many lines, in a process that can be killed.

python -m tests.reconciliation.bulk_process <company> <act>
"""

import sys
from uuid import UUID

import django

django.setup()

from reconciliation.bulk.work import work  # noqa: E402

if __name__ == "__main__":
    work(UUID(sys.argv[1]), UUID(sys.argv[2]))
