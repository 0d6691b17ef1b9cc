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
ROOMS = ["payments", "charges", "banking", "accounts"]


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


def test_every_target_that_the_makefile_names_is_there_and_told_by_its_help() -> None:
    told = (ROOT / "Makefile").read_text()
    named = re.findall(r"^\.PHONY: (.*)$", told, re.MULTILINE)
    targets = set(re.findall(r"^([a-z]+):.*## ", told, re.MULTILINE))

    assert targets == set(" ".join(named).split())


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


# --- One writer ---

WRITER = "payments/orders/transitions.py"
ORDER_TABLE = "payments_paymentorder"


def test_one_module_alone_writes_the_status_of_an_order() -> None:
    writers = {
        f"{path.relative_to(ROOT)}:{line}"
        for app in ("payments", "reconciliation", "integrations", "kamino")  # what may see them
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and str(path.relative_to(ROOT)) != WRITER
        for line in status_writes(ast.parse(path.read_text()))
    }

    assert writers == set()


@pytest.mark.parametrize(
    "code",
    [
        "order.status = OrderStatus.PAID",
        "order.status, order.message = OrderStatus.PAID, ''",
        "locked.status = status",
        "setattr(order, 'status', status)",
        "orders.update(status=OrderStatus.PAID)",
        "PaymentOrder.objects.of(tenant).filter(id=order.id).update(wait_until=None, status=new)",
        "PaymentOrder(status=OrderStatus.PAID)",
        "order.save(update_fields=['status', 'message'])",
        "PaymentOrder.objects.bulk_update(orders, ['status'])",
        "cursor.execute('UPDATE payments_paymentorder SET status = %s')",
    ],
)
def test_whoever_else_wrote_it_would_be_seen(code: str) -> None:
    assert list(status_writes(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "payable.status = PayableStatus.PAID",
        "Payable.objects.of(tenant).filter(id__in=ids).update(status=PayableStatus.SENT)",
        "payable.save(update_fields=['status'])",
        "orders.filter(status=OrderStatus.QUEUED).update(message='x')",
    ],
)
def test_bills_have_a_status_too(code: str) -> None:
    assert list(status_writes(ast.parse(code))) == []


# What is not an order and has a status: bills, connections, answers to a request.
OTHERS = ("payable", "Payable", "bill", "connection", "Connection", "response", "call")
WRITING_CALLS = {"update", "create", "bulk_update", "save", "setattr", "PaymentOrder"}


def status_writes(tree: ast.AST) -> Iterator[int]:
    """The lines that may write the status of an order."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            inner = [each for target in targets for each in ast.walk(target)]
            names = [each for each in inner if isinstance(each, ast.Attribute)]
            if any(n.attr == "status" and not is_of_others(n.value) for n in names):
                yield node.lineno
        elif isinstance(node, ast.Call):
            function = node.func
            name = getattr(function, "attr", getattr(function, "id", ""))
            if name not in WRITING_CALLS or is_of_others(node):
                continue
            literals = [each for part in node.args for each in ast.walk(part)]
            literals += [each for k in node.keywords for each in ast.walk(k.value)]
            values = [each.value for each in literals if isinstance(each, ast.Constant)]
            if "status" in values or any(k.arg == "status" for k in node.keywords):
                yield node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_update = re.search(rf"UPDATE\s+\"?{ORDER_TABLE}\b.*\bstatus\s*=", node.value, re.S)
            if is_update:
                yield node.lineno


def is_of_others(node: ast.AST) -> bool:
    return ast.unparse(node).startswith(OTHERS)
