"""Measure everything: `python -m benchmarks`, or only some: `python -m benchmarks orders`.

`python -m benchmarks matching FOLDER [--json FILE]` plays a data set of matching.
"""

import os
import sys
import time

from kamino.local import throwaway

# A part that measures in a process of its own starts this program again.
CHILD = "--child"


def main(names: list[str]) -> int:
    # Durable commits, as in production: throwing a transaction's wait away would flatter us.
    if names[:1] != [CHILD]:
        throwaway.start(postgres_settings=())
        throwaway.make_database("bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kamino.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import (
        acts,
        charge_import,
        charge_list,
        charges,
        databases,
        flood,
        journal,
        million_lines,
        morning,
        orders,
        pages,
        proposals,
        reconcile_page,
        report,
        statement_files,
        statements,
    )
    from benchmarks.matching import many, play

    parts = {
        "statements": statements,
        "orders": orders,
        "pages": pages,
        "acts": acts,
        "flood": flood,
        "morning": morning,
        "charges": charges,
        "charge_list": charge_list,
        "charge_import": charge_import,
        "statement_files": statement_files,
        "matching": play,
        "proposals": proposals,
        "reconcile_page": reconcile_page,
        "journal": journal,
    }
    on_demand = {"million_lines": million_lines, "matching_100000": many}
    every = {**parts, **on_demand}
    if names[:1] == [CHILD]:
        every[names[1]].child(*names[2:])
        return 0
    call_command("migrate", database="owner", verbosity=0)
    databases.keep_empty()
    if names[:1] == ["matching"] and len(names) > 1:
        return play.command(names[1:])
    results: list[report.Result] = []
    for name in names or parts:
        began = time.perf_counter()
        results += every[name].measure()
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    report.show(results, is_whole=not names)
    return 0 if all(row.holds is not False for row in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
