"""The simulated banks: one name each, in the order of their ports, the main one first.

Of `simulator/<name>/`, `plug.py` has the BANK and `partner.py` says who the product is for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.core.bank import SimulatedBank

NAMES = ("cora", "bs2", "kamino")
# What is served, in the order of the ports: each bank, Cora's host that asks for certificates, each
# bank over TLS, and the storage of Cora's files.
ADDRESSES = (*NAMES, "cora_direta", *(f"{name}_tls" for name in NAMES), "cora_files")


def scheme(address: str) -> str:
    return "http" if address in (*NAMES, "cora_files") else "https"


def banks() -> tuple[type[SimulatedBank], ...]:
    return tuple(import_module(f"simulator.{name}.plug").BANK for name in NAMES)
