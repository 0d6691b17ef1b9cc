"""Walls between companies around acts on many lines."""

from django.db import migrations

from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0013_bulk_acts")]

    operations = [
        SecureTenantTable("bulkact"),
        SecureTenantTable("bulkline"),
    ]
