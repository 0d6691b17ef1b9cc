from django.db import migrations

from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("tenants", "0002_walls")]

    operations = [
        SecureTenantTable("classificationgroup"),
        SecureTenantTable("account"),
        SecureTenantTable("journalentry"),
        SecureTenantTable("journalline"),
    ]
