"""A page of Cora's statement, from its bytes to movements."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.banks.contract.statement import Movement, StatementPage, Unread, UnreadReason
from banking.banks.cora.wire.fields import UnreadableAnswer
from banking.banks.cora.wire.statement import page_from_wire, read_again, read_page
from tests.banking.banks.cora_answers import CREDIT_ENTRY, FEE_ENTRY, STATEMENT
from tests.banking.banks.mangle import mangled


def parse(page: Any) -> StatementPage:
    return page_from_wire(*read_page(json.dumps(page, ensure_ascii=False).encode()))


def parse_entry(**changes: Any) -> Movement:
    (movement,) = parse({**STATEMENT, "entries": [{**CREDIT_ENTRY, **changes}]}).movements
    return movement


def unread_entry(entry: Any) -> Unread:
    """What is made of an entry that is no movement."""
    page = parse({**STATEMENT, "entries": [entry]})
    (unread,) = page.unread
    assert list(page.movements) == []
    return unread


def parse_transaction(**changes: Any) -> Movement:
    return parse_entry(transaction={**CREDIT_ENTRY["transaction"], **changes})


def test_a_partly_hidden_document_is_kept_as_it_came_and_is_no_document() -> None:
    party = {"name": "MARIA", "identity": "***.982.247-**"}
    line = parse_transaction(counterParty=party)

    assert (line.counterparty_document, line.masked_document) == ("", "***.982.247-**")


def test_the_documented_page_is_read() -> None:
    page = parse(STATEMENT)

    assert (page.opening, page.closing) == (Decimal("10000.00"), Decimal("10148.75"))
    assert page.movements == [
        Movement(
            bank_id="ent_5mQh0c3RkTtYp1ZxVb2NaA",
            occurred_at=datetime(2026, 11, 3, 13, 2, 11, 482913, UTC),
            booked_on=date(2026, 11, 3),
            amount=Decimal("150.75"),
            kind="pix",
            description="Pix recebido",
            counterparty_name="CLIENTE EXEMPLO LTDA",
            counterparty_document="11222333000181",
            raw=json.dumps(CREDIT_ENTRY),
        ),
        Movement(
            bank_id="ent_1aBcD2eFgH3iJkL4mNoP5q",
            occurred_at=datetime(2026, 11, 5, 17, 40, tzinfo=UTC),
            booked_on=date(2026, 11, 5),
            amount=Decimal("-2.00"),
            kind="fee",
            description="Tarifa TED",
            counterparty_name="",
            counterparty_document="",
            raw=json.dumps(FEE_ENTRY),
        ),
    ]


def test_amounts_have_two_places() -> None:
    assert [str(m.amount) for m in parse(STATEMENT).movements] == ["150.75", "-2.00"]


@pytest.mark.parametrize(
    "entries", ["[]", "[ ]", "null", '[\n{"id": 1}\n ,\t{"id": "]"} ]', '[{"entries": [1]}]']
)
def test_the_text_of_each_entry_is_the_banks_own(entries: str) -> None:
    page, found = read_page(f'{{"start": {{}}, "entries" : {entries}, "end": 1.5}}'.encode())

    assert page["end"] == Decimal("1.5")
    assert [json.loads(raw) for _, raw in found] == [entry for entry, _ in found]
    assert [entry for entry, _ in found] == (json.loads(entries) or [])
    assert all(raw in entries for _, raw in found)


@pytest.mark.parametrize(
    "page", [{key: STATEMENT[key] for key in ("start", "end")}, {**STATEMENT, "entries": None}]
)
def test_a_page_without_entries_has_no_movements(page: dict[str, Any]) -> None:
    assert parse(page).movements == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]]",
        '{"entries": [',
        '{"entries": [1',
        '{"entries": [1,]}',
        '{"entries": [1 2]}',
        '{"entries": [1], "entries": [2]}',
        '{"page": {"entries": [1]}}',
        '["entries", {"entries": [1]}]',
        '{"entries": [1]}}',
        '{"entries": [NaN]}',
        '{"entries": [1e999999]}',
        '{"entries": ' + "[" * 100_000,
    ],
)
def test_what_is_not_such_a_page_is_refused(text: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_page(text.encode())


@pytest.mark.parametrize(
    ("written", "instant", "day"),
    [
        ("2026-11-03T13:02:11+00", datetime(2026, 11, 3, 13, 2, 11, tzinfo=UTC), date(2026, 11, 3)),
        ("2026-11-03T01:00:00-03", datetime(2026, 11, 3, 4, tzinfo=UTC), date(2026, 11, 3)),
        ("2026-11-03T02:59:59Z", datetime(2026, 11, 3, 2, 59, 59, tzinfo=UTC), date(2026, 11, 2)),
        ("2026-11-03T03:00:00Z", datetime(2026, 11, 3, 3, tzinfo=UTC), date(2026, 11, 3)),
        ("2026-11-03T23:30:00", datetime(2026, 11, 4, 2, 30, tzinfo=UTC), date(2026, 11, 3)),
        ("2026-11-03T00:00:00+0100", datetime(2026, 11, 2, 23, tzinfo=UTC), date(2026, 11, 2)),
        (
            "2026-01-01T02:00:00.5+00:00",
            datetime(2026, 1, 1, 2, 0, 0, 500000, UTC),
            date(2025, 12, 31),
        ),
    ],
)
def test_an_instant_is_booked_on_its_day_in_sao_paulo(
    written: str, instant: datetime, day: date
) -> None:
    movement = parse_entry(createdAt=written)

    assert (movement.occurred_at, movement.booked_on) == (instant, day)


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        1793700000,
        ["2026-11-03T13:02:11Z"],
        "2026-11-03",
        "20261103T130211Z",
        "2026-11-31T13:02:11Z",
        "2026-W45-2T10:00:00",
        "2026-11-03T25:00:00Z",
        "03/11/2026 13:02:11",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12",
        "２０２６-11-03T13:02:11Z",
    ],
)
def test_an_entry_of_an_unreadable_instant_is_unread_and_has_no_day(written: Any) -> None:
    unread = unread_entry({**CREDIT_ENTRY, "createdAt": written})

    assert unread[1:] == (None, UnreadReason.FIELD, "createdAt")


@pytest.mark.parametrize("amount", [-1, 1.5, "100", None, True, 10**14, [100]])
def test_an_entry_whose_amount_is_not_whole_centavos_is_unread(amount: Any) -> None:
    unread = unread_entry({**CREDIT_ENTRY, "amount": amount})

    assert unread[1:] == (date(2026, 11, 3), UnreadReason.FIELD, "amount")


@pytest.mark.parametrize("direction", ["CREDIT", "DEBIT"])
def test_a_zero_amount_is_a_movement_of_nothing(direction: str) -> None:
    assert str(parse_entry(amount=0, type=direction).amount) == "0.00"


@pytest.mark.parametrize("direction", ["BLOCK", "credit", "", None, 1, ["CREDIT"]])
def test_an_entry_of_an_unknown_direction_is_unread(direction: Any) -> None:
    assert unread_entry({**CREDIT_ENTRY, "type": direction}).field == "type"


@pytest.mark.parametrize("bank_id", [None, "", 7, "ent 1", "ent_\0", "ent_é", "e" * 65])
def test_an_entry_without_a_usable_id_is_unread(bank_id: Any) -> None:
    assert unread_entry({**CREDIT_ENTRY, "id": bank_id}).field == "id"


@pytest.mark.parametrize("field", ["id", "type", "amount", "createdAt"])
def test_an_entry_that_lacks_a_mandatory_field_is_unread_and_hides_no_other(field: str) -> None:
    entry = {key: value for key, value in CREDIT_ENTRY.items() if key != field}

    page = parse({**STATEMENT, "entries": [entry, FEE_ENTRY]})

    assert [line.bank_id for line in page.movements] == [FEE_ENTRY["id"]]
    (unread,) = page.unread
    assert (json.loads(unread.raw), unread.field) == (entry, field)


@pytest.mark.parametrize("entry", [None, 1, "x", [], [CREDIT_ENTRY]])
def test_what_is_no_entry_at_all_is_unread(entry: Any) -> None:
    assert json.loads(unread_entry(entry).raw) == entry


def test_an_entry_is_read_again_from_what_was_kept_of_it() -> None:
    raw = json.dumps(CREDIT_ENTRY)

    assert read_again(raw) == parse_entry()
    assert isinstance(read_again(json.dumps({**CREDIT_ENTRY, "type": "BLOCK"})), Unread)


@pytest.mark.parametrize("balance", [None, "1", 1.5, True, 10**14])
def test_a_page_without_readable_balances_is_refused(balance: Any) -> None:
    for side in ("start", "end"):
        with pytest.raises(UnreadableAnswer):
            parse({**STATEMENT, side: {"balance": balance}})


def test_a_balance_may_be_negative() -> None:
    assert parse({**STATEMENT, "end": {"balance": -5}}).closing == Decimal("-0.05")


def test_unknown_fields_are_ignored_and_an_unknown_type_is_other() -> None:
    movement = parse_transaction(type="CARD", category={"main": "X"})

    assert movement.kind == "other"
    assert '"category"' in movement.raw


@pytest.mark.parametrize("transaction", [None, {}, {"type": "PIX", "counterParty": {}}])
def test_optional_parts_may_be_missing(transaction: Any) -> None:
    movement = parse_entry(transaction=transaction)

    assert (movement.description, movement.counterparty_name) == ("", "")


@pytest.mark.parametrize(
    ("identity", "document"),
    [
        ("11.222.333/0001-81", "11222333000181"),
        ("529.982.247-25", "52998224725"),
        ("12ABC34501DE35", "12ABC34501DE35"),
        ("12abc34501de35", "12ABC34501DE35"),
        (360305000104, "00360305000104"),
        ("360305000104", "00360305000104"),
        ("***.982.247-**", ""),
        ("", ""),
        (None, ""),
        ("１1222333000181", ""),
    ],
)
def test_a_document_is_whole_or_left_out(identity: str | None, document: str) -> None:
    movement = parse_transaction(counterParty={"name": "X", "identity": identity})

    assert movement.counterparty_document == document


def test_what_a_database_cannot_hold_does_not_reach_it() -> None:
    text = (
        '{"start":{"balance":0},"end":{"balance":1},"entries":[{"id":"ent_1","type":"CREDIT",'
        '"amount":1,"createdAt":"2026-11-03T13:02:11Z","transaction":'
        '{"description":"a\\u0000b\\ud800c\\\\u0000 \\ud83d\\ude00"}}]}'
    )

    (movement,) = page_from_wire(*read_page(text.encode())).movements

    assert movement.description == "a b c\\u0000 😀"
    described = json.loads(movement.raw)["transaction"]["description"]
    assert described == "a\ufffdb\ufffdc\\u0000 😀"


@given(
    st.integers(1, 10**14 - 1),
    st.sampled_from(["CREDIT", "DEBIT"]),
    st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)),
    st.text(max_size=60),
)
def test_any_entry_survives_the_trip(
    cents: int, direction: str, instant: datetime, name: str
) -> None:
    transaction = {"type": "TRANSFER", "counterParty": {"name": name}}
    movement = parse_entry(
        amount=cents, type=direction, createdAt=instant.isoformat(), transaction=transaction
    )

    assert movement.amount * 100 == (cents if direction == "CREDIT" else -cents)
    assert movement.occurred_at == instant
    assert movement.counterparty_name.isprintable()
    assert [c for c in movement.counterparty_name if c != " "] == [
        c for c in name if c.isprintable() and c != " "
    ]


@given(mangled([STATEMENT]))
def test_a_mangled_page_is_refused_or_read(page: Any) -> None:
    body = json.dumps(page).encode()
    try:
        movements = page_from_wire(*read_page(body)).movements
    except (ValueError, UnreadableAnswer):
        return
    assert all(isinstance(movement, Movement) for movement in movements)


@given(st.binary(max_size=40), st.integers(0, 700), st.integers(0, 40))
def test_a_damaged_page_is_refused_or_read(junk: bytes, at: int, removed: int) -> None:
    body = json.dumps(STATEMENT).encode()
    try:
        page, entries = read_page(body[:at] + junk + body[at + removed :])
        movements = page_from_wire(page, entries).movements
    except (ValueError, RecursionError, UnreadableAnswer):
        return
    assert all(isinstance(movement, Movement) for movement in movements)
