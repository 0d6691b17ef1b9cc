"""What an import of rows would do to a company's chart. Reads, and writes nothing."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.chart.edit import CODE
from accounts.chart.edit import Row as ChartRow
from accounts.chart.tree import code_order
from accounts.importing.natures import nature_named
from accounts.importing.spreadsheet import (
    ACCOUNT,
    DEBIT,
    GROUP,
    LONGEST_CODE,
    MAX_PROBLEMS,
    Problem,
    Row,
    parts_of,
)
from accounts.models import Account, ClassificationGroup, Nature
from tenants.models import Tenant


@dataclass(slots=True)
class Change:
    """Something that exists and will be different: name → (as it is, as it will be)."""

    row: ChartRow
    words: dict[str, tuple[str, str]]


@dataclass(slots=True)
class Plan:
    """What an import would do, and why it cannot if it cannot."""

    problems: list[Problem] = field(default_factory=list)
    groups: list[ClassificationGroup] = field(default_factory=list)  # new, those above first
    accounts: list[Account] = field(default_factory=list)  # new
    changes: list[Change] = field(default_factory=list)
    same: int = 0
    absent: list[ChartRow] = field(default_factory=list)  # in the chart and not in the file

    @property
    def is_empty(self) -> bool:
        return not (self.groups or self.accounts or self.changes)

    @property
    def fingerprint(self) -> str:
        """Equal when the same would be done to the same chart."""
        made = [str(row) for row in (*self.groups, *self.accounts)]
        changed = [[str(change.row.id), change.words] for change in self.changes]
        text = json.dumps([made, changed, self.same], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def plan_import(tenant: Tenant, rows: Sequence[Row]) -> Plan:
    """Compare the rows with the chart. Two queries, however many rows."""
    return Planner(tenant, rows).plan()


class WrongRow(Exception):
    """Why a row cannot be imported, in Portuguese."""


class Planner:
    """One comparison. `parents` is by code, of the chart as it will be: empty at the top."""

    def __init__(self, tenant: Tenant, rows: Sequence[Row]) -> None:
        self.tenant = tenant
        self.rows = {row.code: row for row in rows}
        self.result = Plan()
        groups = ClassificationGroup.objects.of(tenant).select_related("parent")
        accounts = Account.objects.of(tenant).select_related("group")
        self.groups = {group.code: group for group in groups}
        self.accounts = {account.code: account for account in accounts}
        self.parents: dict[str, str] = {
            code: group.parent.code if group.parent else "" for code, group in self.groups.items()
        }
        self.by_level: dict[int, str] = {}
        self.sound = {""}  # codes that lead to the top
        self.depths = {"": 0}
        self.inside: dict[str, set[str]] = {}  # natures and sides that are told below a code

    def plan(self) -> Plan:
        self.for_each(self.rows.values(), self.place)
        if not self.result.problems:
            self.for_each(self.rows.values(), self.check_loop)
        if not self.result.problems:
            self.for_each(self.rows.values(), self.check_level)
        if not self.result.problems:
            self.gather()
            self.for_each(self.groups_first(), self.decide)
        self.result.problems.sort(key=lambda problem: problem.line)
        del self.result.problems[MAX_PROBLEMS:]
        chart: list[ChartRow] = [*self.groups.values(), *self.accounts.values()]
        self.result.absent = sorted(filter(self.is_absent, chart), key=code_order)
        return self.result

    def for_each(self, rows: Iterable[Row], act: Callable[[Row], None]) -> None:
        for row in rows:
            try:
                act(row)
            except WrongRow as error:
                self.result.problems.append(Problem(row.line, str(error)))

    # --- Where each row belongs ---

    def place(self, row: Row) -> None:
        self.check_by_itself(row)
        above = row.parent_code or next(parts_of(row.code), "") or self.above_by_level(row)
        self.check_above(row, above)
        self.parents[row.code] = above

    def check_by_itself(self, row: Row) -> None:
        """The row, and what the chart has under its code."""
        if not CODE.fullmatch(row.code):
            raise WrongRow(
                f"o código «{row.code}» é inválido: use letras ou números separados por pontos, "
                "como 1.1.2."
            )
        if len(row.code) > LONGEST_CODE[row.kind]:
            raise WrongRow(
                f"o código «{row.code}» tem {len(row.code)} caracteres; o máximo de uma "
                f"{row.kind.lower()} é {LONGEST_CODE[row.kind]}."
            )
        other = self.accounts if row.is_group else self.groups
        if row.code in other:
            now, wanted = (ACCOUNT, GROUP) if row.is_group else (GROUP, ACCOUNT)
            raise WrongRow(
                f"«{other[row.code]}» é {now.lower()} e não pode virar {wanted.lower()}."
            )
        existing = (self.groups if row.is_group else self.accounts).get(row.code)
        if existing is not None and existing.is_archived:
            raise WrongRow(f"«{existing}» está arquivado: reative-o antes de importar.")

    def above_by_level(self, row: Row) -> str:
        """For codes without points: the last group before it, one level up."""
        level = row.level or 1
        above = self.by_level.get(level - 1, "")
        if row.is_group:
            kept = {each: code for each, code in self.by_level.items() if each < level}
            self.by_level = kept | {level: row.code}
        if level > 1 and not above:
            raise WrongRow(f"falta um grupo do nível {level - 1} antes desta linha.")
        return above

    def check_above(self, row: Row, above: str) -> None:
        if not above and not row.is_group:
            raise WrongRow("falta o grupo da conta.")
        if above in self.accounts or (above in self.rows and not self.rows[above].is_group):
            raise WrongRow(f"«{above}» é analítica e não pode ter nada abaixo dela.")
        if above in self.groups and self.groups[above].is_archived:
            raise WrongRow(f"o grupo «{self.groups[above]}» está arquivado.")
        if above and above not in self.rows and above not in self.groups:
            raise WrongRow(f"falta o grupo «{above}»: inclua uma linha para ele.")

    def check_loop(self, row: Row) -> None:
        path: dict[str, None] = {}
        code = row.code
        while code not in self.sound and code not in path:
            path[code] = None
            code = self.parents[code]
        if code in path:
            codes = list(path)
            loop = " → ".join([*codes[codes.index(code) :], code])
            raise WrongRow(f"o grupo está dentro dele mesmo: {loop}.")
        self.sound |= path.keys()

    def check_level(self, row: Row) -> None:
        depth = self.depth(row)
        if row.level in (None, depth):
            return
        above = self.parents[row.code]
        where = (
            f"o grupo acima, «{above}», é do nível {depth - 1}" if above else "não há grupo acima"
        )
        raise WrongRow(f"o nível informado é {row.level}, mas {where}: deveria ser {depth}.")

    def depth(self, row: Row) -> int:
        return depth_of(row.code, self.parents, self.depths)

    def groups_first(self) -> list[Row]:
        """Groups after those above them, then accounts."""
        return sorted(self.rows.values(), key=lambda row: (not row.is_group, self.depth(row)))

    # --- What becomes of it ---

    def decide(self, row: Row) -> None:
        above = self.parents[row.code]
        if above and above not in self.groups:
            return  # it is wrong itself, and told
        if row.is_group:
            self.decide_group(row, self.groups.get(above))
        else:
            self.decide_account(row, self.groups[above])

    def decide_group(self, row: Row, parent: ClassificationGroup | None) -> None:
        existing = self.groups.get(row.code)
        nature = existing.nature if existing else self.nature_of_new(row, parent)
        if existing is not None and not is_told(row.nature, nature):
            raise WrongRow(f"a natureza de «{existing}» é {label(nature)} e não pode ser alterada.")
        if parent and not parent.may_hold(nature):
            raise WrongRow(
                f"um grupo de {label(nature)} não cabe dentro de «{parent}», que é de "
                f"{label(parent.nature)}."
            )
        if existing is not None:
            self.compare(existing, row, existing.parent, parent)
            existing.parent = parent
            return
        made = ClassificationGroup(
            tenant=self.tenant,
            parent=parent,
            code=row.code,
            name=row.name,
            external_code=row.external_code,
            nature=nature,
        )
        self.groups[row.code] = made
        self.result.groups.append(made)

    def nature_of_new(self, row: Row, parent: ClassificationGroup | None) -> str:
        """What the row tells, else what its name does where the parent leaves it open."""
        named = nature_named(row.name)
        holds_both = {Nature.REVENUE, Nature.EXPENSE} <= self.told_by(row)
        if named == Nature.RESULT and holds_both and (parent is None or parent.may_hold(named)):
            return named
        if parent is None:
            if not (row.nature or named):
                raise WrongRow("informe a natureza: não há grupo acima.")
            return row.nature or named
        above = parent.nature
        if row.nature and row.nature != above:
            # «Passivo» told below the equity is its top group: the narrower one counts.
            return above if is_told(row.nature, above) else row.nature
        if above == Nature.LIABILITY and named == Nature.EQUITY and not row.nature:
            return named
        if above == Nature.RESULT:
            return named if named in {Nature.REVENUE, Nature.EXPENSE} else self.by_side(row)
        return above

    def by_side(self, row: Row) -> str:
        """Under the result: all on one side are revenue or expense; both, or none, are mixed."""
        sides = self.told_by(row) - set(Nature.values)
        if len(sides) != 1:
            return Nature.RESULT
        return Nature.EXPENSE if DEBIT in sides else Nature.REVENUE

    def gather(self) -> None:
        """Natures and sides, each for its row and for all groups above it."""
        for row in self.rows.values():
            told = {each for each in (row.nature, row.side) if each}
            code = row.code
            while told and code:
                self.inside.setdefault(code, set()).update(told)
                code = self.parents[code]

    def told_by(self, row: Row) -> set[str]:
        return self.inside.get(row.code, set())

    def decide_account(self, row: Row, group: ClassificationGroup) -> None:
        existing = self.accounts.get(row.code)
        nature = existing.group.nature if existing else group.nature
        if group.nature != nature:
            raise WrongRow("a natureza deve ser a do grupo e não pode ser alterada.")
        if not is_told(row.nature, nature):
            sentence = (
                f"uma conta de {label(row.nature)} não cabe em «{group}», que é de {label(nature)}."
            )
            if group.may_hold(row.nature):
                sentence += f" Inclua nele um grupo de {label(row.nature)}."
            raise WrongRow(sentence)
        if existing is not None:
            self.compare(existing, row, existing.group, group)
            existing.group = group
            return
        made = Account(
            tenant=self.tenant,
            group=group,
            code=row.code,
            name=row.name,
            external_code=row.external_code,
        )
        self.result.accounts.append(made)

    def is_absent(self, row: ChartRow) -> bool:
        return not row.is_archived and row.code not in self.rows

    def compare(
        self,
        existing: ChartRow,
        row: Row,
        above: ClassificationGroup | None,
        wanted: ClassificationGroup | None,
    ) -> None:
        words = {
            "Nome": (existing.name, row.name),
            "Código externo": (existing.external_code or "nenhum", row.external_code or "nenhum"),
            "Grupo acima": (above.code if above else "nenhum", wanted.code if wanted else "nenhum"),
        }
        changed = {name: pair for name, pair in words.items() if pair[0] != pair[1]}
        if not changed:
            self.result.same += 1
            return
        existing.name, existing.external_code = row.name, row.external_code
        self.result.changes.append(Change(existing, changed))


def is_told(told: str, nature: str) -> bool:
    """Whether what a row tells agrees: nothing, the nature, or the one that it is a part of."""
    return not told or Nature(told).may_hold(nature)


def label(nature: str) -> str:
    return str(Nature(nature).label).lower()


def depth_of(code: str, parents: Mapping[str, str], known: dict[str, int]) -> int:
    """1 at the top. `known` holds depths that were found before, and is added to."""
    path = []
    while code not in known:
        path.append(code)
        code = parents[code]
    for depth, each in enumerate(reversed(path), known[code] + 1):
        known[each] = depth
    return known[path[0]] if path else known[code]
