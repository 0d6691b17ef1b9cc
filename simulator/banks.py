"""The simulated banks: one line each, in the order of their ports, the main one first."""

from simulator.bs2.plug import Bs2Bank
from simulator.cora.plug import CoraBank
from simulator.core.bank import SimulatedBank
from simulator.kamino.plug import KaminoBank

BANKS: tuple[type[SimulatedBank], ...] = (CoraBank, Bs2Bank, KaminoBank)
