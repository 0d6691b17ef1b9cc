from django.db import migrations

from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("charges", "0004_imports")]

    operations = [
        SecureTenantTable("recurrence"),
        SecureTenantTable("recurrencevalue"),
        SecureTenantTable("recurrenceevent"),
        SecureTenantTable("renegotiation"),
        SecureTenantTable("issuebatch"),
        SecureTenantTable("charge"),
        SecureTenantTable("chargeevent"),
        SecureTenantTable("chargeround"),
        SecureTenantTable("chargedefaults"),
        SecureTenantTable("slip"),
        SecureTenantTable("settlement"),
        SecureTenantTable("refund"),
        SecureTenantTable("advanceuse"),
        SecureTenantTable("payerpage"),
        SecureTenantTable("slipdocument"),
        SecureTenantTable("printjob"),
        SecureTenantTable("dunning"),
        SecureTenantTable("dunningstep"),
        SecureTenantTable("reminder"),
        SecureTenantTable("payeraddress"),
        SecureTenantTable("dunninghold"),
        SecureTenantTable("importfile"),
        SecureTenantTable("importrow"),
        SecureTenantTable("importedcharge"),
    ]
