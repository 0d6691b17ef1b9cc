"""How the tests themselves are laid out."""

import ast
from pathlib import Path

TESTS = Path(__file__).parent


def test_no_file_of_tests_is_imported() -> None:
    """What several share has a module of its own, without `test_` before its name."""
    imported = {
        f"{path.relative_to(TESTS)}: {name}"
        for path in TESTS.rglob("*.py")
        for name in modules_imported(path)
        if any(part.startswith("test_") for part in name.split("."))
    }

    assert imported == set()


def modules_imported(path: Path) -> set[str]:
    """Whole dotted names, those after `from … import` among them."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests":
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names
