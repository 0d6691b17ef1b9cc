"""The engine at work for a company, in a process that can be killed.

python -m tests.reconciliation.engine.work_process <company>
"""

import sys
from uuid import UUID

import django

django.setup()

from reconciliation.engine.run import work  # noqa: E402

if __name__ == "__main__":
    work(UUID(sys.argv[1]))
