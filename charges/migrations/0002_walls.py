from django.db import migrations

from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("charges", "0001_initial")]

    operations = [
        SecureTenantTable("charge"),
        SecureTenantTable("chargedefaults"),
        SecureTenantTable("chargeevent"),
        SecureTenantTable("chargeround"),
        SecureTenantTable("issuebatch"),
        SecureTenantTable("slip"),
        SecureTenantTable("settlement"),
    ]
