"""A filter of «Conciliar» that somebody gave a name (filtro salvo)."""

from django.db import models
from django.db.models import Q

from core.clock import DatabaseNow
from tenants.models import TenantOwned, User

NAME_LENGTH = 60
QUERY_LENGTH = 600


class SavedFilter(TenantOwned):
    """The address is the filter: what is kept is its query."""

    name = models.CharField("nome", max_length=NAME_LENGTH)
    query = models.CharField(max_length=QUERY_LENGTH)
    is_shared = models.BooleanField("para toda a empresa", default=False)
    made_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="savedfilter_says", condition=~Q(name="") & ~Q(query="")),
            models.UniqueConstraint(
                fields=["tenant", "made_by", "name"],
                condition=Q(is_shared=False),
                name="savedfilter_own_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(is_shared=True),
                name="savedfilter_shared_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
