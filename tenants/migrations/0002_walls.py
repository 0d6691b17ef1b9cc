from django.db import migrations

from tenants.rls import EVERYONE, PERSON, SCOPE, SecureTenantTable

OWN_MEMBERSHIPS = f"""
CREATE POLICY "tenants_membership_own" ON "tenants_membership"
    FOR SELECT USING (user_id = {PERSON})
"""

# A company's row is its own: its id stands where other tables have tenant_id.
TENANT = f"""
ALTER TABLE "tenants_tenant" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tenants_tenant" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenants_tenant_scope" ON "tenants_tenant"
    USING (id = {SCOPE}) WITH CHECK (id = {SCOPE});
CREATE POLICY "tenants_tenant_sweep" ON "tenants_tenant"
    FOR SELECT USING ({EVERYONE});
CREATE POLICY "tenants_tenant_own" ON "tenants_tenant"
    FOR SELECT USING (
        id IN (SELECT tenant_id FROM "tenants_membership" WHERE user_id = {PERSON})
    );
"""  # noqa: S608  (constants of ours)

TENANT_BACK = """
DROP POLICY "tenants_tenant_own" ON "tenants_tenant";
DROP POLICY "tenants_tenant_sweep" ON "tenants_tenant";
DROP POLICY "tenants_tenant_scope" ON "tenants_tenant";
ALTER TABLE "tenants_tenant" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "tenants_tenant" DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        SecureTenantTable("membership"),
        migrations.RunSQL(
            OWN_MEMBERSHIPS, 'DROP POLICY "tenants_membership_own" ON "tenants_membership"'
        ),
        migrations.RunSQL(TENANT, TENANT_BACK),
    ]
