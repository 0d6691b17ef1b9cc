"""How the Conta Kamino refuses: problems by RFC 9457, and OAuth's errors."""

from banking.banks.http.errors import Words, one_line
from banking.banks.http.json import read_json


def words_from_wire(body: bytes) -> Words:
    """The code and the Portuguese detail of a problem (RFC 9457), or of an OAuth error."""
    try:
        answer = read_json(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    code = answer.get("code") or answer.get("error")
    reason = answer.get("detail") or answer.get("error_description")
    return one_line(code, 60), one_line(reason, 300)
