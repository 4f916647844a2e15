"""What each kind of gap that the engine counts hides from the audit, in a reviewer's words."""

HIDDEN = {
    "orphan": "spans whose parent never arrived: who called, and with what, is unknown",
    "unnamed_service": "spans that do not say which service sent them: several services may look like one",
    "no_statement": "database spans without a statement: which tables and columns were touched is unknown",
    "unpaired_call": "calls to a known service that sent no span for them: what it did there is unknown",
    "clock_skew": "requests that arrive before they were sent, since two services' clocks differ: "
    "what was held when is told by each one's own clock alone",
    "failed_call": "attempts that never reached their peer: nothing was sent, so nothing is claimed",
    "nameless_peer": "calls that do not name who was called: a third party may be behind them",
}
