"""Manifest x models -> Plan: every job with its body, fingerprint, file name and price. Nothing is sent."""

from batches.planning.making import make_plan
from batches.planning.plan import Plan, PlannedJob
from batches.planning.schema import manifest_schema

__all__ = ["Plan", "PlannedJob", "make_plan", "manifest_schema"]
