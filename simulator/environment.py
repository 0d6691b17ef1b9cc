"""`python -m simulator.environment PORT`: what the product has to know of the banks at those ports.

Lines of an environment: where each bank is and who we are for it. SIMULATOR_PORTS is how many ports
in a row, from that one on, the simulator takes.
"""

import sys
from importlib import import_module

from simulator.banks import ADDRESSES, NAMES, scheme


def environment(port: int) -> dict[str, str]:
    addresses = {
        name: f"{scheme(name)}://127.0.0.1:{port + at}" for at, name in enumerate(ADDRESSES)
    }
    values = {"SIMULATOR_PORTS": str(len(ADDRESSES))}
    for name in NAMES:
        values |= import_module(f"simulator.{name}.partner").environment(addresses)
    return values


if __name__ == "__main__":
    for name, value in environment(int(sys.argv[1])).items():
        print(f"{name}={value}")
