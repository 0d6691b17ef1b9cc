"""The spreadsheets that people fill in: an empty one with examples, and rows that were wrong."""

from collections.abc import Iterable, Iterator, Sequence

from charges.importing.columns import BY_KEY, OF_KIND, REASON
from charges.importing.reader import BOUNDS
from charges.importing.rows import rows_of
from charges.models import ImportFile, ImportRow
from core.plurals import dotted
from core.workbook import Column, Sheet, write_xlsx

State = ImportRow.State
LEFT = (State.WRONG, State.DOUBTFUL)
ADVICE = (
    "Uma linha para cada {what}. Os títulos ficam; as colunas podem mudar de ordem e as opcionais "
    "podem sair.",
    f"Apague as linhas de exemplo. Até {dotted(BOUNDS.rows)} linhas e "
    f"{BOUNDS.size // 1024 // 1024} MB por arquivo, «.xlsx» ou «.csv».",
    "Nada é gravado ao enviar: você confere tudo na tela, corrige ali mesmo e só então importa.",
    "CPF, CNPJ e CEP que perderam o zero do começo são reconhecidos e marcados para você conferir.",
)


def write_template(kind: str) -> bytes:
    """With two rows of examples, and a second sheet that says what each column takes."""
    columns = OF_KIND[kind]
    examples = [[c.example for c in columns], [c.second or example_of(c.key) for c in columns]]
    label = ImportFile.Kind(kind).label
    return write_xlsx(
        [
            Sheet(label, [Column(c.title, c.width) for c in columns], examples),
            Sheet("Como preencher", [Column("Coluna", 22), Column("O que vai nela", 96)],
                  instructions(kind)),
        ]
    )  # fmt: skip


def example_of(key: str) -> str:
    """What the second example says where the column has one for both."""
    return BY_KEY[key].example if key in {"revenue_account"} else ""


def instructions(kind: str) -> Iterator[Sequence[str]]:
    what = "cobrança" if kind == ImportFile.Kind.CHARGES else "pagador"
    for column in OF_KIND[kind]:
        needed = "Obrigatória. " if column.is_needed else ""
        yield column.title, f"{needed}{column.help}".strip()
    for sentence in ADVICE:
        yield "", sentence.format(what=what)


def write_errors(file: ImportFile) -> bytes:
    """The rows that were not taken, each with the reasons, to be mended and sent again. Runs inside
    the company's scope."""
    rows = list(rows_of(file).filter(state__in=LEFT).order_by("line"))
    keys = columns_of(file, rows)
    columns = [Column(REASON, 60), *(Column(BY_KEY[key].title, BY_KEY[key].width) for key in keys)]
    texts = ([reasons_of(row), *(row.cells.get(key, "") for key in keys)] for row in rows)

    def marked(number: int) -> frozenset[int]:
        return frozenset(place for place, key in enumerate(keys, 1) if key in rows[number].faults)

    return write_xlsx([Sheet(file.get_kind_display(), columns, texts, marked)])


def columns_of(file: ImportFile, rows: Iterable[ImportRow]) -> list[str]:
    """Those of the file, and those that lack in it and are asked for."""
    asked = {key for row in rows for key in [*row.faults, *row.cells]}
    more = [c.key for c in OF_KIND[file.kind] if c.key in asked and c.key not in file.columns]
    return [*file.columns, *more]


def reasons_of(row: ImportRow) -> str:
    faults = ((column.title, row.faults.get(key)) for key, column in BY_KEY.items())
    said = [f"{title}: {fault}" for title, fault in faults if fault]
    if row.doubt:
        said.append(row.doubt)
    return f"Linha {row.line}. " + " ".join(said)
