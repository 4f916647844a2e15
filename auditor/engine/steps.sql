-- span -> what each handler did: statements against stores, exchanges with other parties.

-- Database spans that only wrap another one (notes in docs/decisions/0004): an ORM's span over its driver's span.
CREATE TABLE db AS
SELECT node.*, handled.handler FROM node JOIN handled USING (sid) WHERE node.is_db AND node.kind <> 'server';

CREATE TABLE above AS
WITH RECURSIVE climb(leaf, leaf_statement, sid, depth) AS (
    SELECT sid, statement_id, parent_sid, 1 FROM db WHERE parent_sid IS NOT NULL AND NOT is_entry
    UNION ALL
    SELECT climb.leaf, climb.leaf_statement, node.parent_sid, climb.depth + 1
    FROM climb JOIN node ON node.sid = climb.sid
    WHERE node.parent_sid IS NOT NULL AND NOT node.is_entry AND climb.depth < 8
)
SELECT sid, leaf, leaf_statement FROM climb WHERE leaf <> sid;

CREATE TABLE wrapper AS
SELECT DISTINCT db.sid
FROM db JOIN above ON above.sid = db.sid
WHERE db.statement_id IS NULL OR db.statement_id = above.leaf_statement
UNION
SELECT DISTINCT outer_span.sid
FROM db outer_span
JOIN db inner_span
  ON inner_span.parent_sid = outer_span.parent_sid
 AND inner_span.service = outer_span.service
 AND inner_span.statement_id = outer_span.statement_id
 AND inner_span.scope IS DISTINCT FROM outer_span.scope
 AND inner_span.start_ns >= outer_span.start_ns
 AND inner_span.end_ns <= outer_span.end_ns
 AND (inner_span.start_ns, -inner_span.end_ns, inner_span.scope) > (outer_span.start_ns, -outer_span.end_ns, outer_span.scope);

-- A store goes by the way it is reached, an unanswered peer by all that the caller says of it: see naming.py.
CREATE TABLE reaching AS
SELECT *,
    concat_ws(chr(30), service, coalesce(db_system, ''), coalesce(host, peer, ''), coalesce(port::VARCHAR, ''),
        coalesce(db_namespace, '')) AS store
FROM db;

CREATE TABLE access AS SELECT reaching.* FROM reaching ANTI JOIN wrapper ON wrapper.sid = reaching.sid;

CREATE TABLE statement_step AS
SELECT
    sid, handler, store, trace_id, start_ns, end_ns, error, db_system, db_operation, db_collection, statement,
    coalesce(statement_id, 'n1-' || left(md5(concat_ws('|', db_operation, db_collection)), 16)) AS statement_id
FROM access
WHERE statement IS NOT NULL OR db_collection IS NOT NULL;

-- What a GraphQL document asks for stands on a span of its own, inside the one that handles the request.
CREATE TABLE asked AS
SELECT handler, list(DISTINCT key) AS keys
FROM (
    SELECT handled.handler, unnest(node.keys) AS key
    FROM node JOIN handled USING (sid)
    WHERE node.protocol = 'graphql' AND NOT node.is_entry AND node.keys IS NOT NULL
)
GROUP BY handler;

-- Calls that arrived: an entry whose parent lies in another service, or whose parent is a client span.
CREATE TABLE arrived AS
SELECT
    parent.sid AS from_sid,
    parent_handled.handler AS from_handler,
    entry.sid AS to_sid,
    entry.service AS callee,
    coalesce(entry.operation, '(background work)') AS operation,
    coalesce(entry.protocol, parent.protocol, 'unknown') AS protocol,
    parent.kind AS parent_kind,
    parent.host, parent.port, parent.peer,
    entry.trace_id,
    -- The caller's own clock where it has a span of the call; else the callee's is all there is.
    CASE WHEN parent.kind IN ('client', 'producer') THEN parent.start_ns ELSE entry.start_ns END AS start_ns,
    CASE WHEN parent.kind IN ('client', 'producer') THEN parent.end_ns ELSE entry.end_ns END AS end_ns,
    entry.start_ns AS seen_ns,
    entry.error OR coalesce(parent.error AND parent.kind = 'client', false) AS error,
    greatest(parent.weight, entry.weight) AS weight,  -- both had to be kept for the call to be seen
    list_distinct(list_concat(coalesce(parent.keys, []), coalesce(entry.keys, []), coalesce(asked.keys, []))) AS keys
FROM node entry
JOIN node parent ON parent.sid = entry.parent_sid
LEFT JOIN asked ON asked.handler = entry.sid
JOIN handled parent_handled ON parent_handled.sid = parent.sid
WHERE entry.is_entry AND NOT (entry.kind = 'consumer' AND entry.channel IS NOT NULL);

-- What a host and port has answered as: may name the callee of a call that has no server span.
CREATE TABLE address AS
SELECT DISTINCT host, coalesce(port, 0) AS port, callee AS service
FROM arrived WHERE host IS NOT NULL AND parent_kind = 'client';

CREATE TABLE unanswered AS
SELECT node.*, handled.handler
FROM node
JOIN handled USING (sid)
WHERE node.kind = 'client' AND NOT node.is_db AND node.channel IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM node child
      WHERE child.parent_sid = node.sid
        AND (child.is_entry OR (child.kind IN ('client', 'producer') AND NOT child.is_db))
  );

CREATE TABLE exchange_step AS
SELECT
    from_handler AS handler, 'service' AS callee_kind, callee, operation, protocol, 'call' AS mode,
    trace_id, start_ns, end_ns, seen_ns, error, weight, keys
FROM arrived
UNION ALL BY NAME
SELECT
    handler, 'outsider' AS callee_kind,
    concat_ws(chr(30), coalesce(peer, ''), coalesce(host, ''), coalesce(port::VARCHAR, '')) AS callee,
    coalesce(operation, '(unnamed)') AS operation, coalesce(protocol, 'unknown') AS protocol, 'call' AS mode,
    trace_id, start_ns, end_ns, start_ns AS seen_ns, error, weight, coalesce(keys, []) AS keys
FROM unanswered
WHERE NOT failed AND coalesce(peer, host) IS NOT NULL
UNION ALL BY NAME
SELECT
    handled.handler, 'channel' AS callee_kind, channel AS callee, coalesce(operation, 'publish') AS operation,
    coalesce(messaging_system, 'messaging') AS protocol, 'publish' AS mode,
    trace_id, start_ns, end_ns, start_ns AS seen_ns, error, weight, coalesce(keys, []) AS keys
FROM node JOIN handled USING (sid)
WHERE channel IS NOT NULL AND kind IN ('producer', 'client') AND NOT is_db
UNION ALL BY NAME
SELECT
    sid AS handler, 'channel' AS callee_kind, channel AS callee, coalesce(operation, 'process') AS operation,
    coalesce(messaging_system, 'messaging') AS protocol, 'consume' AS mode,
    trace_id, start_ns, end_ns, start_ns AS seen_ns, error, weight, coalesce(keys, []) AS keys
FROM node
WHERE channel IS NOT NULL AND kind = 'consumer'
UNION ALL BY NAME
-- Entry points: nobody who sends spans called them.
SELECT
    NULL AS handler, 'service' AS callee_kind, service AS callee, coalesce(operation, '(background work)') AS operation,
    coalesce(protocol, 'unknown') AS protocol, 'call' AS mode,
    trace_id, start_ns, end_ns, start_ns AS seen_ns, error, weight,
    list_distinct(list_concat(coalesce(node.keys, []), coalesce(asked.keys, []))) AS keys
FROM node LEFT JOIN asked ON asked.handler = node.sid
WHERE parent_sid IS NULL AND kind = 'server';
