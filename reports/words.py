"""The words a report uses for the model's codes, and the order in which things are told: the gravest first."""

from __future__ import annotations

from typing import Final

from lineage.model import EVIDENCE, EvidenceLevel, ExposureState, Party, PartyKind

SENSITIVITIES: Final = ("critical", "high", "moderate", "low", "none")
STATES: Final[tuple[ExposureState, ...]] = ("violation", "new", "waived", "approved")
KINDS: Final[tuple[PartyKind, ...]] = ("outsider", "channel", "service", "store")

STATE_WORDS: Final[dict[ExposureState, str]] = {
    "violation": "against policy",
    "new": "new",
    "waived": "waived",
    "approved": "approved",
}
KIND_WORDS: Final[dict[PartyKind, str]] = {
    "outsider": "outside party",
    "channel": "channel",
    "service": "service",
    "store": "store",
}
GROUP_WORDS: Final = {
    "gdpr_special_category": "GDPR Art. 9 (special category)",
    "gdpr_criminal": "GDPR Art. 10 (criminal record)",
    "gdpr_child": "GDPR Art. 8 (children)",
    "gdpr_national_id": "GDPR Art. 87 (national number)",
    "ccpa_sensitive": "CCPA (sensitive)",
    "hipaa_identifier": "HIPAA (identifier)",
    "phi": "HIPAA (health information)",
    "pci_cardholder": "PCI DSS (cardholder data)",
    "eprivacy_identifier": "ePrivacy (online identifier)",
    "secret": "a secret that opens doors",
}
GLOSSARY: Final = (
    ("observed", "Telemetry itself shows it: the statement a service ran, or the name of a value in a URL or message."),
    ("declared", "The payload schema of that exchange can carry it, and the sender held it."),
    ("possible", "The sender held it before the exchange, and no schema says whether it was sent."),
    ("not seen", "Nothing in this telemetry shows it. That is no proof that it does not happen."),
    (
        "exposure",
        "A category of personal data reaching a party. It is what a reviewer approves; flows are its evidence.",
    ),
    ("flow", "A category going from one party to the next over one exchange."),
    ("path", "Flows joined end to end. A path is as strong as the weakest flow in it."),
    ("outside party", "A host that services call and that sends no telemetry: a third party, or a blind spot at home."),
    ("store", "A database as services reach it."),
    ("channel", "A queue or topic."),
    ("leak", "Personal data inside telemetry itself, where every reader of traces can see it."),
    ("gap", "Something that could not be seen or understood, counted."),
    ("projected", "The column's value is returned to the service."),
    ("filtered", "The column decides which rows are found: looking a person up by e-mail is access to e-mail."),
    ("joined, grouped, ordered", "The column links, collects or sorts rows without being returned."),
    ("written", "The column is inserted or changed."),
)


def sensitivity_rank(word: str) -> int:
    """0 for the most sensitive; a word that is not known sorts before `none`, not after it."""
    return SENSITIVITIES.index(word) if word in SENSITIVITIES else len(SENSITIVITIES) - 1


def evidence_rank(level: EvidenceLevel) -> int:
    """0 for the strongest evidence."""
    return EVIDENCE.index(level)


def party_rank(party: Party) -> tuple[int, str]:
    """Parties furthest from our own control come first."""
    return KINDS.index(party.kind), party.name


def gap_title(kind: str) -> str:
    """A gap's stable word as a phrase: `unparsed_sql` -> `unparsed SQL`."""
    return kind.replace("_", " ").replace("sql", "SQL").replace("ddl", "DDL")


def group_title(group: str) -> str:
    """A regulatory group's stable word as a phrase."""
    return GROUP_WORDS.get(group, group.replace("_", " "))
