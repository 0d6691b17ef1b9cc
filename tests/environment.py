"""Starts PostgreSQL and Redis for a test run, before Django reads its settings.

Loaded by `-p tests.environment` (pyproject.toml). The workers of pytest-xdist are children of
the process that ran this first and find everything in their environment.
"""

from kamino.local import throwaway

throwaway.start()
