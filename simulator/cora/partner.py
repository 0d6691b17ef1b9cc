"""Who the product is at the simulated Cora, and how it finds it."""

from collections.abc import Mapping

CLIENT_ID, CLIENT_SECRET = "app-kamino-demo", "5f0c2a1e-7a51-4c55-9a43-5b9d3c7e4f10"


def environment(addresses: Mapping[str, str]) -> dict[str, str]:
    return {
        "CORA_BASE_URL": addresses["cora"],
        "CORA_DIRECT_BASE_URL": addresses["cora_direta"],
        "CORA_FILES_URL": addresses["cora_files"],
        "CORA_CLIENT_ID": CLIENT_ID,
        "CORA_CLIENT_SECRET": CLIENT_SECRET,
    }
