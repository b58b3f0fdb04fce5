"""Tables of the store. The migrations create them; a test compares both."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy import text as sql

from openboneage.store.times import UtcTime

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False, server_default="")


def _film() -> Column[int]:
    return Column("film_id", ForeignKey("films.id", ondelete="CASCADE"), nullable=False, index=True)


PATIENTS = Table(
    "patients",
    METADATA,
    _id(),
    *map(_text, ("patient_id", "issuer", "name", "birth_date", "sex")),
    Index("ix_patients_patient_id_issuer_birth_date", "patient_id", "issuer", "birth_date"),
)

STUDIES = Table(
    "studies",
    METADATA,
    _id(),
    Column("patient_id", ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("study_instance_uid", String, unique=True),
    *map(_text, ("study_date", "accession_number", "description", "institution")),
)

FILMS = Table(
    "films",
    METADATA,
    _id(),
    Column("study_id", ForeignKey("studies.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("identity", String, nullable=False, unique=True),
    Column("sop_instance_uid", String),
    Column("sha256", String(64), nullable=False, index=True),
    Column("bytes", Integer, nullable=False),
    *map(_text, ("series_instance_uid", "sop_class_uid", "name")),
    Column("source", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("received_at", UtcTime, nullable=False, index=True),
    Column("entered_sex", String),
    Column("entered_age_months", Float),
)

ASSESSMENTS = Table(
    "assessments",
    METADATA,
    _id(),
    _film(),
    Column("version", Integer, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("assessment", JSON, nullable=False),
    Column("attention_sha256", String(64)),
    UniqueConstraint("film_id", "version"),
)

JOBS = Table(
    "jobs",
    METADATA,
    _id(),
    _film(),
    Column("state", String, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("queued_at", UtcTime, nullable=False),
    Column("lease", String),
    Column("lease_until", UtcTime),
    Column("finished_at", UtcTime),
    _text("error"),
    Index(
        "ix_jobs_open",
        "film_id",
        unique=True,
        sqlite_where=sql("state IN ('queued', 'running')"),
        postgresql_where=sql("state IN ('queued', 'running')"),
    ),
)

REPORTS = Table(
    "reports",
    METADATA,
    _id(),
    _film(),
    Column("version", Integer, nullable=False),
    Column("assessment_id", ForeignKey("assessments.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", ForeignKey("accounts.id")),
    Column("signed_at", UtcTime, nullable=False),
    Column("decision", JSON, nullable=False),
    Column("stages", JSON),
    Column("calibration", JSON),
    UniqueConstraint("film_id", "version"),
)

FIRST_READS = Table(
    "first_reads",
    METADATA,
    _id(),
    _film(),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("bone_age_months", Float, nullable=False),
    Column("read_at", UtcTime, nullable=False),
    UniqueConstraint("film_id", "account_id"),
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    _id(),
    _film(),
    Column("report_version", Integer, nullable=False),
    Column("format", String, nullable=False),
    Column("language", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    UniqueConstraint("film_id", "report_version", "format", "language"),
)

DELIVERIES = Table(
    "deliveries",
    METADATA,
    _id(),
    _film(),
    Column("report_version", Integer, nullable=False),
    Column("format", String, nullable=False),
    Column("destination", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("added_at", UtcTime, nullable=False),
    Column("next_try_at", UtcTime, nullable=False),
    Column("lease", String),
    Column("finished_at", UtcTime),
    _text("error"),
    UniqueConstraint("film_id", "report_version", "format", "destination"),
)

COMMITMENTS = Table(
    "commitments",
    METADATA,
    _id(),
    Column("transaction_uid", String, nullable=False),
    Column("requester", String, nullable=False),
    Column("instances", JSON, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("added_at", UtcTime, nullable=False),
    Column("next_try_at", UtcTime, nullable=False),
    _text("error"),
    UniqueConstraint("transaction_uid", "requester"),
)

AUDIT_LOG = Table(
    "audit_log",
    METADATA,
    _id(),
    Column("time", UtcTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("film_id", Integer, index=True),
    _text("detail"),
    Column("previous", String(64), nullable=False),
    Column("checksum", String(64), nullable=False, unique=True),
)

ACCOUNTS = Table(
    "accounts",
    METADATA,
    _id(),
    Column("username", String, nullable=False, unique=True),
    Column("password_hash", String, nullable=False),
    Column("role", String, nullable=False),
    *map(_text, ("full_name", "organization")),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_sha256", String(64), primary_key=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf_token", String, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

TOKENS = Table(
    "tokens",
    METADATA,
    _id(),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("created_at", UtcTime, nullable=False),
)

SETTINGS = Table("settings", METADATA, Column("name", String, primary_key=True), Column("value", JSON, nullable=False))
