"""The first schema: batches, jobs, attempts, charges, workers, paces, stops, troubles, limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_first"
down_revision = None

RESERVED = "EXISTS (SELECT 1 FROM charges WHERE attempt_id = NEW.attempt_id AND kind = 'reserved')"

LEFT = """COALESCE(NEW.micro_credits + (
    SELECT SUM(COALESCE(micro_credits, 0)) FROM charges
    WHERE attempt_id = NEW.attempt_id AND (kind = 'settled' OR kind = 'corrected')
), -1)"""

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


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.Text(), nullable=False),
        sa.Column("accounts", sa.Text(), nullable=False),
        sa.Column("prices_as_of", sa.Text(), nullable=False),
        sa.Column("prices_sha256", sa.Text(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("planned_micro_credits", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("deadline_at", sa.Float(), nullable=True),
        sa.Column("approved_at", sa.Float(), nullable=True),
        sa.Column("whole_at", sa.Float(), nullable=True),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("receipt_of", sa.Float(), nullable=True),
        sa.Column("paused", sa.Text(), nullable=True),
        sa.Column("paused_message", sa.Text(), server_default="", nullable=False),
        sa.Column("paused_for", sa.BigInteger(), nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("paused_at", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "paused = 'person' OR paused = 'budget' OR paused = 'canary' OR paused = 'deadline' OR paused = 'cancelled' OR paused IS NULL",
            name=op.f("ck_batches_paused"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(
        "uq_batches_open",
        "batches",
        ["fingerprint", "accounts"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "balances",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=False),
        sa.Column("micro_credits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "at", name=op.f("pk_balances")),
    )
    op.create_table(
        "paces",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("promises", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("account", "model", name=op.f("pk_paces")),
    )
    op.create_table(
        "stops",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("rest", sa.Float(), nullable=False),
        sa.Column("probe", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("account", "lane", name=op.f("pk_stops")),
    )
    op.create_table(
        "troubles",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", "lane", name=op.f("pk_troubles")),
    )
    op.create_table(
        "limits",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("ceiling", sa.Integer(), nullable=False),
        sa.CheckConstraint("ceiling >= 1", name=op.f("ck_limits_at_least_one")),
        sa.PrimaryKeyConstraint("account", "lane", name=op.f("pk_limits")),
    )
    op.create_table(
        "manifests",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_manifests")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("heartbeat_at", sa.Float(), nullable=False),
        sa.Column("at_risk", sa.Integer(), server_default="0", nullable=False),
        sa.Column("left_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("copy_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("output_name", sa.Text(), nullable=False),
        sa.Column("estimate_micro_credits", sa.BigInteger(), nullable=True),
        sa.Column("estimate_pixels", sa.BigInteger(), nullable=True),
        sa.Column("input_pixels", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("called_at", sa.Float(), nullable=True),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("new_seeds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deaths", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.Column("image_key", sa.Text(), nullable=True),
        sa.Column("image_sha256", sa.Text(), nullable=True),
        sa.Column("image_format", sa.Text(), nullable=True),
        sa.Column("image_width", sa.Integer(), nullable=True),
        sa.Column("image_height", sa.Integer(), nullable=True),
        sa.Column("image_bytes", sa.BigInteger(), nullable=True),
        sa.Column("image_dhash", sa.BigInteger(), nullable=True),
        sa.Column("flags", sa.Text(), server_default="", nullable=False),
        sa.Column("pruned_at", sa.Float(), nullable=True),
        sa.CheckConstraint("occurrence = 1 OR copy_of IS NOT NULL", name=op.f("ck_jobs_made_once")),
        sa.CheckConstraint(
            "state = 'queued' OR state = 'moderated' OR state = 'failed' OR state = 'cancelled' OR account IS NOT NULL",
            name=op.f("ck_jobs_has_account"),
        ),
        sa.CheckConstraint(
            "state <> 'done' OR image_sha256 IS NOT NULL", name=op.f("ck_jobs_done_has_image")
        ),
        sa.CheckConstraint(
            "state = 'queued' OR state = 'called' OR state = 'submitting' OR state = 'rendering' OR state = 'fetching' OR state = 'unsure' OR state = 'done' OR state = 'moderated' OR state = 'failed' OR state = 'cancelled'",
            name=op.f("ck_jobs_state"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_jobs_batch_id_batches")),
        sa.ForeignKeyConstraint(["copy_of"], ["jobs.id"], name=op.f("fk_jobs_copy_of_jobs")),
        sa.ForeignKeyConstraint(["owner"], ["workers.id"], name=op.f("fk_jobs_owner_workers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint(
            "fingerprint", "batch_id", "occurrence", name=op.f("uq_jobs_fingerprint_batch_id_occurrence")
        ),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_jobs_batch_id_number")),
        sa.UniqueConstraint("batch_id", "output_name", name=op.f("uq_jobs_batch_id_output_name")),
    )
    op.create_index("ix_jobs_due", "jobs", ["batch_id", "state", "lane", "due_at"], unique=False)
    op.create_index(
        "ix_jobs_flagged",
        "jobs",
        ["batch_id", "flags"],
        unique=False,
        sqlite_where=sa.text("flags <> ''"),
        postgresql_where=sa.text("flags <> ''"),
    )
    for column in ("owner", "copy_of"):
        op.create_index(
            f"ix_jobs_{column}",
            "jobs",
            [column],
            unique=False,
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=True),
        sa.Column("polling_url", sa.Text(), nullable=True),
        sa.Column("accepted_at", sa.Float(), nullable=True),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "outcome = 'done' OR outcome = 'refused' OR outcome = 'failed' OR outcome = 'moderated' OR outcome = 'lost' OR outcome IS NULL",
            name=op.f("ck_attempts_outcome"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_attempts_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("job_id", "number", name=op.f("uq_attempts_job_id_number")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_attempts_ticket_id")),
    )
    op.create_index(
        "uq_attempts_under_way",
        "attempts",
        ["job_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_attempts_in_vain",
        "attempts",
        ["outcome"],
        unique=False,
        sqlite_where=sa.text("outcome = 'failed' OR outcome = 'moderated' OR outcome = 'lost'"),
        postgresql_where=sa.text("outcome = 'failed' OR outcome = 'moderated' OR outcome = 'lost'"),
    )
    op.create_index(
        "ix_attempts_ended",
        "attempts",
        ["ended_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_table(
        "exhausted",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("needs", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_exhausted_batch_id_batches")),
        sa.PrimaryKeyConstraint("account", "batch_id", name=op.f("pk_exhausted")),
    )
    op.create_table(
        "charges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("correction", sa.Integer(), server_default="0", nullable=False),
        sa.Column("micro_credits", sa.BigInteger(), nullable=True),
        sa.Column("input_micro_mp", sa.BigInteger(), nullable=True),
        sa.Column("output_micro_mp", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.CheckConstraint("kind = 'corrected' OR micro_credits >= 0", name=op.f("ck_charges_not_negative")),
        sa.CheckConstraint(
            "kind = 'reserved' OR kind = 'released' OR kind = 'reported' OR kind = 'settled' OR kind = 'corrected'",
            name=op.f("ck_charges_kind"),
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_charges_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_charges_batch_id_batches")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_charges_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sa.UniqueConstraint("attempt_id", "kind", "correction", name=op.f("uq_charges_attempt_id_kind_correction")),
        sa.CheckConstraint("(kind = 'corrected') = (correction > 0)", name=op.f("ck_charges_correction")),
        sa.CheckConstraint("(kind = 'corrected') = (reason IS NOT NULL)", name=op.f("ck_charges_reason")),
    )
    op.create_index("ix_charges_batch", "charges", ["batch_id"], unique=False)
    op.create_index(
        "ix_charges_corrected",
        "charges",
        ["attempt_id"],
        unique=False,
        sqlite_where=sa.text("kind = 'corrected'"),
        postgresql_where=sa.text("kind = 'corrected'"),
    )
    op.create_index(
        "uq_charges_closed",
        "charges",
        ["attempt_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'settled' OR kind = 'released'"),
        postgresql_where=sa.text("kind = 'settled' OR kind = 'released'"),
    )
    op.create_table(
        "quarters",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("images", sa.BigInteger(), nullable=False),
        sa.Column("output_pixels", sa.BigInteger(), nullable=False),
        sa.Column("input_pixels", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("unknown", sa.BigInteger(), nullable=False),
        sa.Column("foreseen", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.BigInteger(), nullable=False),
        sa.Column("compared", sa.BigInteger(), nullable=False),
        sa.Column("saved", sa.BigInteger(), nullable=False),
        sa.Column("slot_seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_quarters_batch_id_batches")),
        sa.PrimaryKeyConstraint(
            "batch_id", "quarter", "account", "lane", "model", "what", "labels", name=op.f("pk_quarters")
        ),
    )
    op.create_index("ix_quarters_quarter", "quarters", ["quarter"], unique=False)
    op.create_table(
        "purses",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("counted_before", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "labels", "since", name=op.f("pk_purses")),
    )
    op.create_table(
        "notices",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=True),
        sa.Column("sent_at", sa.Float(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_notices_batch_id_batches")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notices")),
    )
    for statement in LAWS_OF_CHARGES[op.get_bind().dialect.name]:
        op.execute(statement)
