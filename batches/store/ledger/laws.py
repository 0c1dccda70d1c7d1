"""The laws of money that take a trigger to keep, as each database spells them."""

from __future__ import annotations

RESERVED = "EXISTS (SELECT 1 FROM charges WHERE attempt_id = NEW.attempt_id AND kind = 'reserved')"

LAWS_OF_CHARGES = {
    "sqlite": (
        *(
            f"CREATE TRIGGER charges_no_{verb.lower()} BEFORE {verb} ON charges "
            "BEGIN SELECT RAISE(ABORT, 'charges are append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        (
            "CREATE TRIGGER charges_end_a_reservation BEFORE INSERT ON charges "
            f"WHEN (NEW.kind = 'settled' OR NEW.kind = 'released') AND NOT {RESERVED} "
            "BEGIN SELECT RAISE(ABORT, 'a charge ends no reservation'); END"
        ),
    ),
    "postgresql": (
        """
        CREATE FUNCTION charges_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'charges are append-only'; END $$
        """,
        """
        CREATE TRIGGER charges_append_only BEFORE UPDATE OR DELETE ON charges
        FOR EACH ROW EXECUTE FUNCTION charges_append_only()
        """,
        f"""
        CREATE FUNCTION charges_end_a_reservation() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF {RESERVED} THEN RETURN NEW; END IF; RAISE EXCEPTION 'a charge ends no reservation'; END $$
        """,
        """
        CREATE TRIGGER charges_end_a_reservation BEFORE INSERT ON charges FOR EACH ROW
        WHEN (NEW.kind = 'settled' OR NEW.kind = 'released') EXECUTE FUNCTION charges_end_a_reservation()
        """,
    ),
}
"""Charges are never changed: a mistake is corrected by a further line. What is settled or released was reserved."""
