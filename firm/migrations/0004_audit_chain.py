"""The audit chain: every event is appended to it by its own transaction, at commit.

The trigger works with the owner's rights, so that nobody else needs to be able to write the
chain; its search path is fixed, so that nobody can slip other tables under it. The lock is taken
at commit only: an import that writes for a minute holds it for a moment. `firm/audit_chain.py`
works out the same hashes in Python.
"""

from django.db import migrations

APPEND = """
CREATE FUNCTION public.append_to_audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last record;
    link bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(7205002);
    SELECT position, hash INTO last FROM public.firm_auditchain ORDER BY position DESC LIMIT 1;
    link := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    INSERT INTO public.firm_auditchain (position, event_id, previous, hash)
    SELECT coalesce(last.position, 0) + 1, e.id, link, sha256(link || convert_to(concat_ws(E'\\x1f',
        e.id, e.code, e.subject_kind, coalesce(e.subject_id::text, ''),
        coalesce(e.actor_id::text, ''), coalesce(e.acted_for_id::text, ''), e.data::text,
        to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')), 'UTF8'))
    FROM public.firm_auditevent e WHERE e.id = NEW.id;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION public.append_to_audit_chain() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER append_to_audit_chain AFTER INSERT ON firm_auditevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.append_to_audit_chain();
"""

REMOVE = """
DROP TRIGGER append_to_audit_chain ON firm_auditevent;
DROP FUNCTION public.append_to_audit_chain();
"""


class Migration(migrations.Migration):
    dependencies = [("firm", "0003_kept_answers_and_heartbeats")]

    operations = [migrations.RunSQL(APPEND, REMOVE)]
