from django.db import migrations

from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("banking", "0002_walls"),
        ("accounts", "0002_walls"),
        ("tenants", "0002_walls"),
    ]

    operations = [
        SecureTenantTable("payee"),
        SecureTenantTable("payeeaccount"),
        SecureTenantTable("payable"),
        SecureTenantTable("dispatchrun"),
        SecureTenantTable("paymentorder"),
        SecureTenantTable("payableevent"),
    ]
