"""How the code is laid out, and that `docs/architecture.md` says it as it is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
# Made by Django or for it, the same in every app, and of no interest to who looks for a subject.
EVERYWHERE = {"__init__", "apps", "urls", "tests", "migrations", "management", "templatetags"}
ROOMS = ["payments", "banking", "accounts"]


def test_every_package_is_in_the_picture_and_none_is_only_there() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"simulator"}
    drawn = set(re.findall(r"^    (\w+)/ ", ARCHITECTURE, re.MULTILINE))

    assert drawn == packages - {"tests", "benchmarks"}


@pytest.mark.parametrize("app", ROOMS)
def test_every_room_and_its_modules_are_in_the_picture(app: str) -> None:
    picture = re.split(r"\n    \w+/ ", ARCHITECTURE.split(f"\n    {app}/")[1])[0]
    rooms = {path.parent.name: path.parent for path in (ROOT / app).glob("*/__init__.py")}
    missing = {name for name in rooms if name not in EVERYWHERE and f"{name}/" not in picture}
    modules = {
        module.stem
        for name, room in rooms.items()
        if name not in EVERYWHERE | {"views", "api", "forms", "reads", "banks"}
        for module in room.glob("*.py")
    }

    assert missing == set()
    assert {
        name for name in modules - EVERYWHERE if not re.search(rf"\b{name}\b", picture)
    } == set()


def test_every_path_that_the_documents_name_is_there() -> None:
    named = {path for document in documents() for path in paths_in(document.read_text())}

    assert {path for path in named if not any(ROOT.glob(path))} == set()


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]


def paths_in(text: str) -> Iterator[str]:
    """`payments/orders/send.py` and `tests/security/`; of a table's line, those of our folders."""
    tops = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
    for path in re.findall(rf"`((?:{tops})/[\w/.*-]*)`", text):
        if "<" not in path:
            yield path.rstrip("/")


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
