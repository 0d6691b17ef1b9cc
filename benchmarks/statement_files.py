"""Readers of statement files: their rate beside ofxtools', their growth, and what memory they take.

Each reading runs in a process of its own, over a file on disk.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from statistics import median

from banking.statements.files.contract import FileLine
from banking.statements.files.read import read_statement
from benchmarks.memory import peak_megabytes
from benchmarks.report import Result, at_least, at_most, plain

MANY, MOST = 100_000, 1_000_000
FIRST_DAY = date(2026, 1, 1)
TODAY = date(2027, 1, 1)
OFX_HEADER = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20261231<LANGUAGE>POR
</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>
<STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>403<BRANCHID>1<ACCTID>12345-6<ACCTTYPE>CHECKING
</BANKACCTFROM><BANKTRANLIST><DTSTART>20260101<DTEND>20261231
"""
OFX_END = """</BANKTRANLIST><LEDGERBAL><BALAMT>1.00<DTASOF>20261231</LEDGERBAL></STMTRS></STMTTRNRS>
</BANKMSGSRSV1></OFX>
"""


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ofx = write(folder / "many.ofx", ofx_lines(MANY))
        ours, theirs = run_child("ours", ofx), run_child("ofxtools", ofx)
        results = [
            at_least("files: OFX beside ofxtools", theirs["seconds"] / ours["seconds"], 3),
            plain("files: OFX", MANY / ours["seconds"], "lines/s"),
        ]
        for kind, lines in KINDS.items():
            path = write(folder / f"many.{kind}", lines(MANY))
            # The middle one of three, on both sides of the long run.
            before = [run_child("ours", path) for _ in range(2)]
            most = run_child("ours", write(folder / f"most.{kind}", lines(MOST)))
            many = [*before, run_child("ours", path)]
            assert most["lines"] == MOST and all(each["lines"] == MANY for each in many)
            growth = most["seconds"] / median(each["seconds"] for each in many)
            results.append(at_most(f"files: {kind}, ten times the lines", growth, 11))
            results.append(
                at_most(f"files: {kind} of {MOST} lines, memory", most["megabytes"], 300, "MB")
            )
        sheet = run_child("ours", write_xlsx(folder / "many.xlsx", MANY))
        assert sheet["lines"] == MANY
        results.append(
            at_most(f"files: xlsx of {MANY} lines, memory", sheet["megabytes"], 300, "MB")
        )
        results.append(plain("files: xlsx", MANY / sheet["seconds"], "lines/s"))
    return results


def run_child(what: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--child", "statement_files", what, str(path)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout)
    return told


def child(what: str, path: str) -> None:
    began = time.process_time()  # of this program alone, whatever else the machine does
    count = {"ours": count_ours, "ofxtools": count_theirs}[what](Path(path))
    seconds = time.process_time() - began
    print(json.dumps({"lines": count, "seconds": seconds, "megabytes": peak_megabytes()}))


def count_ours(path: Path) -> int:
    with path.open("rb") as file:
        return sum(isinstance(item, FileLine) for item in read_statement(file, today=TODAY))


def count_theirs(path: Path) -> int:
    from ofxtools.Parser import OFXTree

    tree = OFXTree()
    with path.open("rb") as file:
        tree.parse(file)
    return sum(len(statement.transactions) for statement in tree.convert().statements)


def write(path: Path, lines: Iterator[str]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def days(count: int) -> Iterator[tuple[int, date, int]]:
    """Number, day and centavos of each movement, never zero."""
    for number in range(count):
        cents = (number * 7919) % 1_000_000 + 1
        yield number, FIRST_DAY + timedelta(number * 365 // count), -cents if number % 2 else cents


def text_of(number: int) -> str:
    document = f"{number % 90 + 10}.{number % 1000:03d}.678/0001-{number % 90 + 10}"
    return f"Pagamento recebido - Cliente {number} Ltda - {document}"


def ofx_lines(count: int) -> Iterator[str]:
    rows = (
        f"<STMTTRN><TRNTYPE>{'CREDIT' if cents > 0 else 'DEBIT'}\n<DTPOSTED>{day:%Y%m%d}000000\n"
        f"<TRNAMT>{cents / 100:.2f}\n<FITID>{number:032x}\n<CHECKNUM>{number:06d}\n"
        f"<MEMO>{text_of(number)}\n</STMTTRN>\n"
        for number, day, cents in days(count)
    )
    return chain([OFX_HEADER], rows, [OFX_END])


def csv_lines(count: int) -> Iterator[str]:
    balance = 0
    yield "Extrato\n\nData;Descrição;Valor;Saldo\n"
    for number, day, cents in days(count):
        balance += cents
        yield f'{day:%d/%m/%Y};"{text_of(number)}";{brl(cents)};{brl(balance)}\n'


def brl(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def cnab_lines(count: int) -> Iterator[str]:
    who = "212345678000195".ljust(35) + "01234" + "5" + "000000067890" + "1 " + "EMPRESA".ljust(30)
    yield ("00100000" + " " * 9 + who).ljust(240) + "\r\n"
    yield f"00100011E0440032 {who}".ljust(142) + f"01012026{1:018d}CFBRL00001".ljust(98) + "\r\n"
    for number, day, cents in days(count):
        start = f"00100013{number % 100000:05d}E   {who}".ljust(108)
        side = "C" if cents > 0 else "D"
        rest = f"DPV00{'':20}S{day:%d%m%Y}{day:%d%m%Y}{abs(cents):018d}{side}2050001"
        yield f"{start}{rest}{text_of(number):25.25}{number:<39}\r\n"
    yield f"00100015         {who}".ljust(142) + f"31122026{1:018d}CF".ljust(98) + "\r\n"
    yield "00199999".ljust(240) + "\r\n"


KINDS: dict[str, Callable[[int], Iterator[str]]] = {
    "ofx": ofx_lines, "csv": csv_lines, "cnab": cnab_lines,
}  # fmt: skip


def write_xlsx(path: Path, count: int) -> Path:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Extrato")
    sheet.append(["Data", "Descrição", "Valor", "Saldo"])
    balance = 0
    for number, day, cents in days(count):
        balance += cents
        sheet.append([day, text_of(number), cents / 100, balance / 100])
    book.save(path)
    return path
