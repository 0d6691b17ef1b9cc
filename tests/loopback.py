"""How a test calls a server of this machine over HTTP."""

import ssl
from typing import Any, Final

# No proxy. One context that trusts nobody: each client of its own would read the machine's
# certificates anew, which takes longer than most tests.
LOOPBACK: Final[dict[str, Any]] = {
    "trust_env": False,
    "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
}
