"""People who sign in, their companies, and the accounts that companies hold at banks."""

from dataclasses import dataclass

from simulator.core.documents import digits_of
from simulator.core.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS person (
    id INTEGER PRIMARY KEY, cpf TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS company (
    id INTEGER PRIMARY KEY, cnpj TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS director (
    person_id INTEGER NOT NULL, company_id INTEGER NOT NULL,
    PRIMARY KEY (person_id, company_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY, bank TEXT NOT NULL, company_id INTEGER NOT NULL,
    branch TEXT NOT NULL, number TEXT NOT NULL, digit TEXT NOT NULL,
    opening INTEGER NOT NULL, balance INTEGER NOT NULL,
    UNIQUE (bank, company_id), UNIQUE (bank, branch, number, digit));
"""

_ACCOUNT = """
SELECT account.*, company.cnpj, company.name FROM account JOIN company ON company.id = company_id
"""


@dataclass(frozen=True, slots=True)
class Account:
    """An account at one bank. Money is centavos."""

    id: int
    branch: str
    number: str
    digit: str
    opening: int  # before the first entry
    balance: int  # now
    cnpj: str
    name: str


def create_person(store: Store, cpf: str, name: str, password: str) -> int:
    """The person's id; someone with that CPF already is changed."""
    store.run(
        "INSERT INTO person (cpf, name, password) VALUES (?, ?, ?) ON CONFLICT (cpf) DO UPDATE"
        " SET name = excluded.name, password = excluded.password",
        cpf,
        name,
        password,
    )
    row = store.row("SELECT id FROM person WHERE cpf = ?", cpf)
    assert row is not None
    return int(row["id"])


def create_company(store: Store, cnpj: str, name: str) -> int:
    store.run(
        "INSERT INTO company (cnpj, name) VALUES (?, ?) ON CONFLICT (cnpj) DO UPDATE"
        " SET name = excluded.name",
        cnpj,
        name,
    )
    row = store.row("SELECT id FROM company WHERE cnpj = ?", cnpj)
    assert row is not None
    return int(row["id"])


def allow(store: Store, person_id: int, company_id: int) -> None:
    """Let a person act for a company."""
    store.run("INSERT OR IGNORE INTO director VALUES (?, ?)", person_id, company_id)


def open_account(
    store: Store, bank: str, company_id: int, *, branch: str, number: str, digit: str, balance: int
) -> int:
    return store.insert(
        "INSERT INTO account (bank, company_id, branch, number, digit, opening, balance)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        bank,
        company_id,
        branch,
        number,
        digit,
        balance,
        balance,
    )


def sign_in(store: Store, cpf: str, password: str) -> Row | None:
    """The person, or None when CPF and password do not fit."""
    return store.row(
        "SELECT * FROM person WHERE cpf = ? AND password = ?", digits_of(cpf), password
    )


def accounts_of(store: Store, bank: str, person_id: int) -> list[Account]:
    sql = f"{_ACCOUNT} JOIN director USING (company_id) WHERE bank = ? AND person_id = ?"
    return [_account(row) for row in store.rows(f"{sql} ORDER BY account.id", bank, person_id)]


def account_by_id(store: Store, account_id: int) -> Account:
    row = store.row(f"{_ACCOUNT} WHERE account.id = ?", account_id)
    if row is None:
        raise LookupError(account_id)
    return _account(row)


def account_of_company(store: Store, bank: str, cnpj: str) -> Account | None:
    row = store.row(f"{_ACCOUNT} WHERE bank = ? AND cnpj = ?", bank, digits_of(cnpj))
    return None if row is None else _account(row)


def people_of(store: Store, bank: str) -> list[Row]:
    """Who may sign in: a row per person and company, with the account."""
    return store.rows(
        "SELECT person.name AS person, cpf, password, company.name AS company, cnpj, branch,"
        " number, digit FROM person JOIN director ON person_id = person.id"
        " JOIN company ON company.id = director.company_id"
        " JOIN account ON account.company_id = company.id WHERE bank = ?"
        " ORDER BY person.id, account.id LIMIT 50",
        bank,
    )


def _account(row: Row) -> Account:
    return Account(**{field: row[field] for field in Account.__slots__})
