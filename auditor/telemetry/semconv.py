"""Attribute names, old and new: for each fact the keys that may hold it, best first; the first non-empty one wins.

From the OpenTelemetry semantic conventions (registry and migration guides), and from what OpenTracing, Brave and other
older instrumentation libraries write. Libraries mix old and new names on one span, so no one key may be required.
"""

from __future__ import annotations

from auditor.telemetry.raw import Attributes
from auditor.telemetry.values import int_of, text_of

Keys = tuple[str, ...]

SERVICE_NAME: Keys = ("service.name",)
SERVICE_STAND_INS: Keys = tuple(
    "k8s.deployment.name k8s.statefulset.name k8s.daemonset.name k8s.cronjob.name k8s.job.name k8s.container.name "
    "container.name faas.name".split()
)
SERVICE_NAMESPACE: Keys = ("service.namespace",)
SERVICE_VERSION: Keys = ("service.version",)

DB_SYSTEM: Keys = ("db.system.name", "db.system", "db.type")
DB_NAMESPACE: Keys = tuple(
    "db.namespace db.name db.instance db.redis.database_index db.mssql.instance_name db.elasticsearch.cluster.name "
    "cassandra.keyspace sql.database".split()
)
DB_TEXT: Keys = ("db.query.text", "db.statement", "sql.query", "cassandra.query")
DB_SUMMARY: Keys = ("db.query.summary",)
DB_OPERATION: Keys = ("db.operation.name", "db.operation")
DB_COLLECTION: Keys = tuple(
    "db.collection.name db.sql.table db.cassandra.table db.mongodb.collection db.cosmosdb.container".split()
)
DB_PROCEDURE: Keys = ("db.stored_procedure.name",)
DB_PARAMETER_PREFIXES = ("db.query.parameter.", "db.operation.parameter.", "db.elasticsearch.path_parts.", "sql.arg.")
DB_FOREIGN_PREFIXES = ("sql.", "cassandra.")  # Brave's tags, which have no db. prefix

HTTP_METHOD: Keys = ("http.request.method", "http.method")
HTTP_STATUS: Keys = ("http.response.status_code", "http.status_code")
HTTP_ROUTE: Keys = ("http.route", "url.template")
URL_FULL: Keys = ("url.full", "http.url")
URL_PATH: Keys = ("url.path", "http.target", "http.path")
URL_QUERY: Keys = ("url.query",)
URLS: Keys = (*URL_FULL, *URL_PATH, *URL_QUERY)
HEADER_PREFIXES = ("http.request.header.", "http.response.header.")

RPC_SYSTEM: Keys = ("rpc.system.name", "rpc.system")
RPC_METHOD: Keys = ("rpc.method",)
RPC_SERVICE: Keys = ("rpc.service",)
RPC_STATUS: Keys = tuple(
    "rpc.status_code rpc.response.status_code rpc.grpc.status_code rpc.connect_rpc.error_code "
    "rpc.jsonrpc.error_code grpc.status_code".split()
)
METADATA_PREFIXES = ("rpc.request.metadata.", "rpc.grpc.request.metadata.", "rpc.connect_rpc.request.metadata.")

MESSAGING_SYSTEM: Keys = ("messaging.system",)
MESSAGING_OPERATION: Keys = ("messaging.operation.type", "messaging.operation", "messaging.operation.name")
MESSAGING_DESTINATION: Keys = tuple(
    "messaging.destination.template messaging.destination.name messaging.destination message_bus.destination "
    "kafka.topic rabbit.queue messaging.rabbitmq.routing_key".split()
)
TASK: Keys = ("celery.task_name",)  # a queue of tasks: the task says more than the queue
MESSAGING_PASSING: Keys = ("messaging.destination.temporary", "messaging.destination.anonymous")

GRAPHQL_TYPE: Keys = ("graphql.operation.type",)
GRAPHQL_NAME: Keys = ("graphql.operation.name",)
GRAPHQL_DOCUMENT: Keys = ("graphql.document", "graphql.source", "graphql.query")
FAAS: Keys = ("faas.name", "faas.invoked_name", "faas.trigger")

PEER: Keys = ("service.peer.name", "peer.service")
PEER_HOST: Keys = ("server.address", "net.peer.name")
PEER_HOST_OLD: Keys = ("peer.hostname", "http.host")
PEER_PORT: Keys = ("server.port", "net.peer.port", "peer.port")
PEER_SOCKET: Keys = tuple(
    "network.peer.address net.sock.peer.addr net.peer.ip peer.ipv4 peer.ipv6 peer.address".split()
)
PEER_SOCKET_PORT: Keys = ("network.peer.port", "net.sock.peer.port")
CALLER_ADDRESS: Keys = ("client.address", "http.client_ip", *PEER_SOCKET)

_NEW_DB_SYSTEMS = {
    "adabas": "softwareag.adabas",
    "cosmosdb": "azure.cosmosdb",
    "db2": "ibm.db2",
    "dynamodb": "aws.dynamodb",
    "firebird": "firebirdsql",
    "h2": "h2database",
    "hanadb": "sap.hana",
    "informix": "ibm.informix",
    "ingres": "actian.ingres",
    "intersystems_cache": "intersystems.cache",
    "maxdb": "sap.maxdb",
    "mssql": "microsoft.sql_server",
    "netezza": "ibm.netezza",
    "oracle": "oracle.db",
    "redshift": "aws.redshift",
    "spanner": "gcp.spanner",
}
_NEW_RPC_SYSTEMS = {"apache_dubbo": "dubbo", "connect_rpc": "connectrpc"}
_NEW_MESSAGING_OPERATIONS = {"publish": "send", "deliver": "process"}


def first_text(attributes: Attributes, keys: Keys) -> str | None:
    """The first non-empty text or number of these keys."""
    for key in keys:
        if key in attributes and (text := text_of(attributes[key])) is not None:
            return text
    return None


def first_int(attributes: Attributes, keys: Keys) -> int | None:
    """The first integer of these keys."""
    for key in keys:
        if key in attributes and (number := int_of(attributes[key])) is not None:
            return number
    return None


def has_any(attributes: Attributes, keys: Keys) -> bool:
    """Whether one of these keys is there."""
    return any(key in attributes for key in keys)


def new_db_system(name: str) -> str:
    """The present name of a database system."""
    return _NEW_DB_SYSTEMS.get(name, name)


def new_rpc_system(name: str) -> str:
    """The present name of an RPC system."""
    return _NEW_RPC_SYSTEMS.get(name, name)


def new_messaging_operation(name: str) -> str:
    """The present name of a messaging operation type: create, send, receive, process or settle."""
    return _NEW_MESSAGING_OPERATIONS.get(name, name)
