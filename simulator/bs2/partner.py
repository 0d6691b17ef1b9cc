"""Who the product is at the simulated BS2, and how it finds it."""

from collections.abc import Mapping

CLIENT_ID, CLIENT_SECRET = "l7kaminodemo5c0e9a43", "9b1f6c3a7d204e58"


def environment(addresses: Mapping[str, str]) -> dict[str, str]:
    return {
        "BS2_BASE_URL": addresses["bs2"],
        "BS2_CLIENT_ID": CLIENT_ID,
        "BS2_CLIENT_SECRET": CLIENT_SECRET,
        "BS2_USER_AGENT": "Kamino",
    }
