"""Starts PostgreSQL and Redis for a test run, before Django reads its settings.

Loaded by `-p tests.environment` (pyproject.toml). The workers of pytest-xdist are children of
the process that ran this first and find everything in their environment.
"""

import os
from urllib.parse import urlsplit

from kamino.local import throwaway

throwaway.start()
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Each counts its own messages: of the one Redis it has a database, as of PostgreSQL. The first
    # eight are of the workers that tests start.
    number = 8 + int(worker.removeprefix("gw")) % 8
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()
