"""The laws of money that take a trigger to keep, as each database spells them."""

from __future__ import annotations

RESERVED = "EXISTS (SELECT 1 FROM charges WHERE attempt_id = NEW.attempt_id AND kind = 'reserved')"

LEFT = """COALESCE(NEW.micro_credits + (
    SELECT SUM(COALESCE(micro_credits, 0)) FROM charges
    WHERE attempt_id = NEW.attempt_id AND (kind = 'settled' OR kind = 'corrected')
), -1)"""
"""What an attempt costs with the new correction; less than nothing also where there is nothing to correct."""

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
        (
            "CREATE TRIGGER charges_correct_a_settlement BEFORE INSERT ON charges "
            f"WHEN NEW.kind = 'corrected' AND {LEFT} < 0 "
            "BEGIN SELECT RAISE(ABORT, 'a correction leaves no cost'); END"
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
        f"""
        CREATE FUNCTION charges_correct_a_settlement() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF {LEFT} < 0 THEN RAISE EXCEPTION 'a correction leaves no cost'; END IF; RETURN NEW; END $$
        """,
        """
        CREATE TRIGGER charges_correct_a_settlement BEFORE INSERT ON charges FOR EACH ROW
        WHEN (NEW.kind = 'corrected') EXECUTE FUNCTION charges_correct_a_settlement()
        """,
    ),
}
"""Charges are never changed: a mistake is corrected by a further line.

What is settled or released was reserved, what is corrected was settled, and nothing costs less than nothing.
"""
