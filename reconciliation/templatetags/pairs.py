"""What pages of «Conciliar» look up."""

from collections.abc import Mapping
from uuid import UUID

from django import template

from banking.models import StatementLine
from reconciliation.position import bar
from reconciliation.reads.pairs import Pair

register = template.Library()


@register.filter
def of_line(pairs: Mapping[UUID, Pair], line: StatementLine) -> Pair:
    return pairs[line.id]


register.filter("bar", bar.bar_of)
