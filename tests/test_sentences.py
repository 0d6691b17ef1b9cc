"""Tests hold states, codes and tones: whole sentences of the product stand in tests/catalogue only.

So whoever edits what the product says breaks one folder, and finds there what else it says.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# The catalogue itself, and tests of what other programs and standards say.
ELSEWHERE = ("catalogue", "simulator", "conformance", "brazil", "banking/banks")

# Each with the reason why no code, id or tone does.
ALLOWED: dict[str, str] = {}

# Where a browser is told by words what to look for, and `pytest.raises` what to expect.
CALLS_BY_TEXT = {
    "get_by_label", "get_by_role", "get_by_text", "to_contain_text", "to_have_text",
}  # fmt: skip
KEYWORDS = {"match", "name", "has_text"}

TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"[^\W\d_]+")
# Found in nearly every Portuguese sentence, and seldom two of them in anything else.
PORTUGUESE = {
    "a", "à", "ao", "as", "até", "com", "da", "das", "de", "do", "dos", "e", "é", "em", "esta",
    "este", "foi", "já", "mais", "na", "não", "nas", "no", "nos", "o", "os", "ou", "para", "pela",
    "pelo", "por", "que", "se", "sem", "ser", "seu", "sua", "um", "uma", "você",
}  # fmt: skip


def is_sentence(text: str) -> bool:
    bare = TAG.sub(" ", text).strip()
    words = WORD.findall(bare.lower())
    if len(PORTUGUESE.intersection(words)) < 2:
        return False
    return len(words) >= 6 or (len(words) == 5 and bare.endswith((".", "…", "!", "?")))


def texts(node: ast.AST) -> Iterator[str]:
    """The strings in it; one with values inside is one string."""
    if isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else "0" for v in node.values)
        yield "".join(map(str, parts))
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from texts(child)


def asserted(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each string that a test holds something of ours against, with its line."""
    for node in ast.walk(tree):
        where: list[ast.AST] = []
        if isinstance(node, ast.Assert):
            where = [node.test]  # the message of an assert is ours
        elif isinstance(node, ast.Call):
            where = [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
            if isinstance(node.func, ast.Attribute) and node.func.attr in CALLS_BY_TEXT:
                where += node.args
        for each in where:
            for text in texts(each):
                yield each.lineno, text  # type: ignore[attr-defined]  # expressions have one


def files() -> list[Path]:
    return [
        path
        for path in sorted(TESTS.rglob("*.py"))
        if not path.relative_to(TESTS).as_posix().startswith(tuple(f"{p}/" for p in ELSEWHERE))
    ]


def test_no_test_outside_the_catalogue_asserts_a_whole_sentence() -> None:
    found = {
        f"{path.relative_to(TESTS)}:{line}": text
        for path in files()
        for line, text in asserted(ast.parse(path.read_text()))
        if is_sentence(text) and text not in ALLOWED
    }

    assert found == {}


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ("assert 'Esta conta não pode mais ser cancelada.' in page", True),
        ("assert f'O vínculo de {account} foi desfeito.' in page", True),
        ("with raises(X, match='não está mais aguardando a aprovação'): pass", True),
        ("expect(page.get_by_text('Confira no aplicativo do banco e no extrato')).to_be(1)", True),
        ("assert told, 'esta conta não foi enviada ao banco'", False),
        ("assert label == 'na fila de envio'", False),
        ("assert '<a href=\"/a/o/de/e/em/no/\">Itaú</a>' in page", False),
        ("assert 'DELETE FROM payments_payable WHERE id = 1' in queries", False),
        ("note = 'Esta conta não pode mais ser cancelada.'", False),
    ],
)
def test_a_sentence_is_told_from_a_label(source: str, is_found: bool) -> None:
    found = [text for _, text in asserted(ast.parse(source)) if is_sentence(text)]

    assert bool(found) is is_found
