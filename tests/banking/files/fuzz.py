"""Spoils statement files for a while: `make fuzz`. Nothing but rows or UnreadableFile may come.

Each reader has a process of its own, with a bound on memory, that ends when one input takes too
long. What gave an outcome that was not seen before is spoilt further. The same seed gives the same
inputs. What is found is kept in the folder that is printed.
"""

import faulthandler
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from banking.statements.files.ofx import read_ofx
from banking.statements.files.sheet import read_sheet
from tests.banking.files.hostile import PIECES, SEEDS, check

SECONDS = 120  # each; OFX, which banks spoil most, has five times that
READERS = {read.__name__: read for read in SEEDS}
LONGEST = 10  # seconds for one input
MOST_MEMORY = 1024 * 1024 * 1024
LARGEST = 1_000_000  # bytes of an input
OFTEN = (2, 10, 1000, 20_000)  # times that a piece is repeated


def main(seconds: int, seed: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    print(f"{seconds} s a reader, seed {seed}, findings in {folder}", flush=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(lambda name: run(name, seconds, seed, folder), READERS))
    return 0 if not any(ends) else 1


def run(name: str, seconds: int, seed: int, folder: Path) -> int:
    spent = seconds * 5 if READERS[name] is read_ofx else seconds
    command = [sys.executable, "-m", __spec__.name, "--reader", name, str(spent), str(seed), folder]
    ended = subprocess.run(command, check=False).returncode
    if ended:
        print(f"{name}: ended with {ended}; its input is {folder / name}", flush=True)
    return ended


def spoil_for(name: str, seconds: float, seed: int, folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    read, chance, kept = READERS[name], random.Random(seed), folder / name
    spoil = spoil_workbook if read is read_sheet else spoil_bytes
    corpus, seen, count = [SEEDS[read]], set[frozenset[str]](), 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        content = spoil(chance, chance.choice(corpus))
        kept.write_bytes(content)
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        outcome = check(read, content)
        faulthandler.cancel_dump_traceback_later()
        count += 1
        if outcome not in seen and len(content) < len(SEEDS[read]) * 10:
            seen.add(outcome)
            corpus.append(content)
    kept.unlink()
    print(f"{name}: {count} inputs, {len(seen)} outcomes, nothing found", flush=True)


def spoil_bytes(chance: random.Random, content: bytes) -> bytes:
    for _ in range(chance.randint(1, 5)):
        content = chance.choice(SPOILINGS)(chance, content)
    return content[:LARGEST]


def place(chance: random.Random, content: bytes) -> tuple[int, int]:
    begins = chance.randint(0, len(content))
    return begins, min(len(content), begins + chance.randint(0, 60))


def insert(chance: random.Random, content: bytes) -> bytes:
    begins, ends = place(chance, content)
    piece = chance.choice([chance.choice(PIECES), chance.randbytes(chance.randint(1, 6))])
    return content[:begins] + piece + content[chance.choice([begins, ends]) :]


def repeat(chance: random.Random, content: bytes) -> bytes:
    begins, ends = place(chance, content)
    piece = chance.choice([content[begins:ends], chance.choice(PIECES)])
    times = min(chance.choice(OFTEN), LARGEST // (len(piece) + 1))
    return content[:begins] + piece * times + content[begins:]


def cut(chance: random.Random, content: bytes) -> bytes:
    begins, ends = place(chance, content)
    return chance.choice([content[:begins] + content[ends:], content[:begins]])


def flip(chance: random.Random, content: bytes) -> bytes:
    if not content:
        return content
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


SPOILINGS: list[Callable[[random.Random, bytes], bytes]] = [insert, insert, repeat, cut, flip, flip]


def spoil_workbook(chance: random.Random, content: bytes) -> bytes:
    """One part of it, mostly: a spoilt archive is no archive."""
    if chance.random() < 0.1:
        return spoil_bytes(chance, content)
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # it was spoilt as a whole before
        return spoil_bytes(chance, content)
    spoilt = chance.choice([name for name in parts if name.startswith("xl/")] or list(parts))
    parts[spoilt] = spoil_bytes(chance, parts[spoilt])
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--reader"]:
        spoil_for(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
    else:
        given = [int(argument) for argument in sys.argv[1:]]
        sys.exit(
            main(given[0] if given else SECONDS, given[1] if given[1:] else time.time_ns() % 10**6)
        )
