"""The rules a person gives a batch: what it may cost, when and how it is made. Pure values, kept as JSON."""

from batches.policy.budget import Budget, BudgetMode, Unsure
from batches.policy.canary import Canary, Trial, Verdict
from batches.policy.output import Check, Output
from batches.policy.policy import LaterPolicy, Policy
from batches.policy.times import Deadline, Window
from batches.policy.wide import SIMULATED, Per, WideBudget

__all__ = [
    "SIMULATED",
    "Budget",
    "BudgetMode",
    "Canary",
    "Check",
    "Deadline",
    "LaterPolicy",
    "Output",
    "Per",
    "Policy",
    "Trial",
    "Unsure",
    "Verdict",
    "WideBudget",
    "Window",
]
