"""Threads of one process that all want the token of one connection at the same time.

python -m tests.banking.token_workers <company> <connection> <bank> <threads>

Prints `ready`, waits for a line, and prints the token that each thread got (or the error's name).
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import django

django.setup()

from banking.banks.contract.errors import BankError  # noqa: E402
from banking.gateway.tokens import StoredTokens  # noqa: E402


def token_of(tenant: UUID, connection: UUID, provider: str) -> str:
    try:
        return StoredTokens(tenant, connection, provider).access_token()
    except BankError as error:
        return type(error).__name__


def main() -> None:
    tenant, connection, provider, threads = sys.argv[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(int(threads)) as pool:
        wanted = [
            pool.submit(token_of, UUID(tenant), UUID(connection), provider)
            for _ in range(int(threads))
        ]
    print("\n".join(each.result() for each in wanted), flush=True)


if __name__ == "__main__":
    main()
