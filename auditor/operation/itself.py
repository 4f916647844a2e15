"""The auditor among the services it audits."""

SERVICE = "privacy-auditor"  # service.name of its own traces
