import pytest

from reconciliation.proposals.book import Book, Register
from tests.reconciliation.proposals.told import COMPANY, MARIA, OMEGA, POSTAL, TELECOM


@pytest.fixture
def book():
    return Book(COMPANY, Register([OMEGA, TELECOM, POSTAL, MARIA]))
