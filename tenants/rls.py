"""Migration operations that separate the companies' rows in the database.

Sources: PostgreSQL documentation, "Row Security Policies" and "CREATE POLICY". Foreign-key
checks ignore policies, so keys are composite; table owners ignore them too, so it is FORCE.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Fails loudly outside a scope: the setting is then unknown, or an empty string that is no uuid. As
# queries of their own they are asked once, and not of each row that is read.
SCOPE = "(SELECT nullif(current_setting('kamino.tenant'), '*')::uuid)"
EVERYONE = "(SELECT current_setting('kamino.tenant') = '*')"
PERSON = "nullif(current_setting('kamino.person', true), '')::bigint"


class SecureTenantTable(Operation):
    """Row-level security on a model's table, and the company inside its foreign keys.

    Every foreign key from the table to another one that has a company is replaced by a key
    over (tenant_id, x_id): a row can then only point at a row of its own company.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return self.__class__.__name__, [self.model_name], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_tenant_key" UNIQUE (tenant_id, id)'
        )
        for column, target in tenant_foreign_keys(model):
            schema_editor.execute(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_tenant_fk" '
                f'FOREIGN KEY (tenant_id, "{column}") REFERENCES "{target}" (tenant_id, id) '
                "DEFERRABLE INITIALLY DEFERRED"
            )
        schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        for statement in self.policies(table):
            schema_editor.execute(statement)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        schema_editor.execute(f'DROP POLICY "{table}_scope" ON "{table}"')
        schema_editor.execute(f'DROP POLICY "{table}_sweep" ON "{table}"')
        for column, _ in tenant_foreign_keys(model):
            schema_editor.execute(
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}_tenant_fk"'
            )
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_tenant_key"')

    def policies(self, table: str) -> list[str]:
        return [
            f'CREATE POLICY "{table}_scope" ON "{table}" '
            f"USING (tenant_id = {SCOPE}) WITH CHECK (tenant_id = {SCOPE})",
            f'CREATE POLICY "{table}_sweep" ON "{table}" FOR SELECT USING ({EVERYONE})',
        ]

    def describe(self) -> str:
        return f"Wall off {self.model_name} by company"


def tenant_foreign_keys(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """Column and target table of each foreign key to a table that has a company."""
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey) or field.name == "tenant":
            continue
        target = field.related_model
        if any(f.name == "tenant" for f in target._meta.local_fields):
            yield field.column, target._meta.db_table


def tenant_tables(apps: Apps) -> list[type[models.Model]]:
    """Every installed model whose table has a company."""
    return [
        model
        for model in apps.get_models()
        if any(f.name == "tenant" for f in model._meta.local_fields)
    ]
