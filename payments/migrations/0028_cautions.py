"""The same debt twice, and boletos that are registered otherwise than the bill says.

Sources: PostgreSQL documentation, "Pattern Matching" (regexp_matches), "Binary String Functions"
(sha256) and "CREATE TRIGGER".
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

# «NF 8841», «NFS-e nº 8.841», «fatura 0008841»: 8841.
SAME_DEBT = r"""
CREATE FUNCTION payments_document_numbers(description text) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(DISTINCT number), '{}') FROM (
        SELECT ltrim(replace(found[1], '.', ''), '0') AS number
        FROM regexp_matches(lower($1),
            '(?:\mnf(?:s|c)?-?e?|\mnota(?:\s+fiscal)?|\mfatura|\mduplicata|\mdup|\mdoc(?:umento)?'
            '|\mpedido|\mrecibo|\mrps|\mboleto)[^0-9a-z]{0,3}(?:n\.?[ºo°]?|num\.?|número)?'
            '[^0-9a-z]{0,3}([0-9][0-9.]*)', 'g') AS found
    ) AS numbers WHERE number <> ''
$$;
CREATE FUNCTION payments_possible_duplicates(bill payments_payable) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE days integer; numbers text[] := payments_document_numbers(bill.description); far integer;
BEGIN
    IF bill.status NOT IN ('pending', 'approved') THEN RETURN NULL; END IF;
    days := coalesce(
        (SELECT duplicate_days FROM payments_paymentrules WHERE tenant_id = bill.tenant_id), 15);
    far := CASE WHEN numbers = '{}' THEN days ELSE 180 END;
    RETURN (
        SELECT jsonb_agg(jsonb_build_object(
            'id', o.id, 'payee', p.name, 'amount', o.amount::text, 'due_date', o.due_date,
            'status', o.status, 'method', o.method, 'by', said.name, 'at', said.at))
        FROM (
            SELECT other.* FROM payments_payable AS other
            WHERE other.tenant_id = bill.tenant_id AND other.id <> bill.id
                AND other.status <> 'cancelled'
                AND other.due_date BETWEEN bill.due_date - far AND bill.due_date + far
                AND other.receivers && bill.receivers
                AND (other.amount = bill.amount
                        AND other.due_date BETWEEN bill.due_date - days AND bill.due_date + days
                    OR payments_document_numbers(other.description) && numbers)
            ORDER BY other.created_at DESC, other.id DESC LIMIT 5
        ) AS o
        JOIN payments_payee AS p ON p.tenant_id = o.tenant_id AND p.id = o.payee_id
        LEFT JOIN LATERAL (
            SELECT coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.email) AS name,
                a.at
            FROM payments_acknowledgement AS a JOIN tenants_user AS u ON u.id = a.person_id
            WHERE a.tenant_id = bill.tenant_id AND a.kind = 'different'
                AND (a.payable_id, a.other_id) IN ((bill.id, o.id), (o.id, bill.id))
            ORDER BY a.at DESC LIMIT 1
        ) AS said ON true
    );
END $$;
"""
SAME_DEBT_BACK = """
DROP FUNCTION payments_possible_duplicates(payments_payable);
DROP FUNCTION payments_document_numbers(text);
"""

# What differs is held until an approver who wrote nothing of the bill says that it is right.
TITLE = """
CREATE FUNCTION payments_title_digest(bill payments_payable) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws('|', bill.linha_digitavel, bill.amount,
        bill.title_name, bill.title_document, bill.title_amount, bill.title_is_paid,
        (SELECT document FROM payments_payee
            WHERE tenant_id = bill.tenant_id AND id = bill.payee_id)), 'UTF8')), 'hex')
$$;
CREATE FUNCTION payments_title_differs(bill payments_payable) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT bill.method = 'boleto' AND (
        bill.title_is_paid OR bill.title_amount <> bill.amount IS TRUE
        OR bill.title_document <> '' AND payments_named(bill.title_document) <> (
            SELECT payments_named(document) FROM payments_payee
                WHERE tenant_id = bill.tenant_id AND id = bill.payee_id))
$$;
CREATE FUNCTION payments_title_is_held(bill payments_payable) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT payments_title_differs(bill) AND NOT EXISTS (
        SELECT FROM payments_acknowledgement AS a
        WHERE a.tenant_id = bill.tenant_id AND a.payable_id = bill.id AND a.kind = 'title'
            AND a.digest = payments_title_digest(bill))
$$;
CREATE FUNCTION payments_acknowledged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM tenants_membership WHERE tenant_id = NEW.tenant_id
            AND user_id = NEW.person_id AND role <> 'leitura'
    ) OR NEW.kind = 'title' AND (NOT EXISTS (
        SELECT FROM tenants_membership AS m JOIN payments_payable AS p
            ON p.tenant_id = m.tenant_id AND p.id = NEW.payable_id
            WHERE m.tenant_id = NEW.tenant_id AND m.user_id = NEW.person_id
                AND m.role IN ('admin', 'aprovador') AND p.created_by_id <> NEW.person_id
                AND NEW.digest = payments_title_digest(p)
    ) OR EXISTS (
        SELECT FROM payments_payableedit AS e JOIN payments_payable AS p
            ON p.tenant_id = e.tenant_id AND p.id = e.payable_id
            WHERE e.tenant_id = NEW.tenant_id AND e.payable_id = NEW.payable_id
                AND e.round = p.approval_round AND e.person_id = NEW.person_id AND e.is_sealed
    )) THEN
        RAISE EXCEPTION 'word of % refused', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'acknowledgement_by';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER acknowledgement_by BEFORE INSERT ON "payments_acknowledgement"
    FOR EACH ROW EXECUTE FUNCTION payments_acknowledged();
CREATE TRIGGER acknowledgement_immutable BEFORE UPDATE OR DELETE ON "payments_acknowledgement"
    FOR EACH ROW EXECUTE FUNCTION payments_never();
CREATE FUNCTION payments_order_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payments_payable AS p
            WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payable_id
                AND payments_title_is_held(p)
    ) THEN
        RAISE EXCEPTION 'the boleto of bill % is not what its title says', NEW.payable_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_title';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_title BEFORE INSERT ON "payments_paymentorder"
    FOR EACH ROW WHEN (NEW.rail = 'boleto') EXECUTE FUNCTION payments_order_title();
"""
TITLE_BACK = """
DROP TRIGGER order_title ON "payments_paymentorder";
DROP FUNCTION payments_order_title();
DROP TRIGGER acknowledgement_immutable ON "payments_acknowledgement";
DROP TRIGGER acknowledgement_by ON "payments_acknowledgement";
DROP FUNCTION payments_acknowledged();
DROP FUNCTION payments_title_is_held(payments_payable);
DROP FUNCTION payments_title_differs(payments_payable);
DROP FUNCTION payments_title_digest(payments_payable);
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0027_acknowledgement")]

    operations = [
        SecureTenantTable("acknowledgement"),
        migrations.RunSQL(SAME_DEBT, SAME_DEBT_BACK),
        migrations.RunSQL(TITLE, TITLE_BACK),
    ]
