"""Manifest x models -> Plan: every job with its body, fingerprint, file name and price. Nothing is sent."""

from batches.planning.disk import Room, room_of
from batches.planning.duration import Duration, duration_of
from batches.planning.experience import NO_EXPERIENCE, Charged, Experience, Learnt
from batches.planning.finishing import Finish, finish, moment
from batches.planning.lines import ModelLine
from batches.planning.making import make_plan
from batches.planning.overrides import Overrides, read_overrides
from batches.planning.plan import Plan, PlannedJob
from batches.planning.premises import Premises
from batches.planning.schema import manifest_schema
from batches.planning.what_if import Changed, Impossible, what_if

__all__ = [
    "NO_EXPERIENCE",
    "Changed",
    "Charged",
    "Duration",
    "Experience",
    "Finish",
    "Impossible",
    "Learnt",
    "ModelLine",
    "Overrides",
    "Plan",
    "PlannedJob",
    "Premises",
    "Room",
    "duration_of",
    "finish",
    "make_plan",
    "manifest_schema",
    "moment",
    "read_overrides",
    "room_of",
    "what_if",
]
