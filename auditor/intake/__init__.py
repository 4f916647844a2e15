"""Receiving telemetry: what is acknowledged is redacted, on disk and synced; what comes again changes nothing."""

from auditor.intake.intake import Intake
from auditor.intake.limits import Limits
from auditor.intake.messages import Answer, Delivery, Outcome, Reason, Refused

__all__ = ["Answer", "Delivery", "Intake", "Limits", "Outcome", "Reason", "Refused"]
