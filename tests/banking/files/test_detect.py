"""Files are told by what is in them."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from banking.statements.files.contract import UnreadableFile, collect
from banking.statements.files.detect import Kind, detect
from banking.statements.files.read import first_rows, read_statement
from tests.banking.files.making import TODAY, account, cnab240, movement, ofx, workbook

HEADINGS = ["Data", "Histórico", "Valor"]
BARE = ofx(account(movement()), header="").encode()
CSV = "Data;Histórico;Valor\n03/11/2026;PIX;5,00\n"
OF_EACH_KIND = [
    (ofx(account(movement())).encode(), Kind.OFX),
    (BARE, Kind.OFX),
    (b'<?xml version="1.0"?><?OFX OFXHEADER="200"?>' + BARE, Kind.OFX),
    (ofx(account(movement())).encode("utf-16"), Kind.OFX),
    (CSV.encode(), Kind.CSV),
    (CSV.encode("utf-8-sig"), Kind.CSV),
    (CSV.encode("utf-16"), Kind.CSV),
    (workbook(HEADINGS, ["03/11/2026", "PIX", 5]), Kind.XLSX),
    (cnab240().encode(), Kind.CNAB240),
    (cnab240().encode("utf-8-sig"), Kind.CNAB240),
]  # fmt: skip


def archive(name: str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as file:
        file.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(("content", "kind"), OF_EACH_KIND)
def test_each_kind_is_known_by_its_content_and_read(content: bytes, kind: Kind) -> None:
    assert detect(BytesIO(content)) == kind
    assert len(collect(read_statement(BytesIO(content), today=TODAY))[0].lines) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "another_kind"),
        (b"\xff\xd8\xff\xe0", "another_kind"),
        (b"%PDF-1.7", "another_kind"),
        (b"\x1f\x8b\x08", "another_kind"),
        (b"BM\x00\x00\x01", "another_kind"),
        (b"RIFF\x00\x00\x01\x00WEBP", "another_kind"),
        (b"<!doctype html><p>Extrato", "another_kind"),
        (b'<?xml version="1.0"?><Workbook><Row/></Workbook>', "another_kind"),
        (b'<?xml version="1.0"?><nfeProc><NFe/></nfeProc>', "another_kind"),
        (b"!Type:Bank\nD03/11/2026\nT-1.00\n^\n", "another_kind"),
        (archive("extrato.ofx"), "another_kind"),
        (archive("word/document.xml"), "another_kind"),
        (b"PK\x03\x04nothing", "another_kind"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "locked_or_old"),
        ("a\x00".encode("utf-16"), "another_kind"),
    ],
)
def test_what_holds_no_statement_is_refused_whatever_it_is_called(
    content: bytes, code: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        detect(BytesIO(content))

    assert refused.value.code == code


def test_the_first_rows_of_a_table_of_either_kind_are_shown() -> None:
    assert first_rows(BytesIO(CSV.encode()))[0] == HEADINGS
    assert first_rows(BytesIO(workbook(HEADINGS)))[0] == HEADINGS


def test_the_file_stays_open() -> None:
    file = BytesIO(CSV.encode())

    list(read_statement(file, today=TODAY))

    assert not file.closed
