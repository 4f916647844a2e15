-- raw -> span: one row a span, joined to its parent, with the handler it belongs to.
-- A *handler* is the span with which a service begins to handle something: a server or consumer span, or a local root.

-- Of a span that came several times, the first counts. Few do: only these are compared as a whole.
CREATE TABLE repeated AS SELECT trace_id, span_id FROM raw GROUP BY trace_id, span_id HAVING count(*) > 1;

CREATE TABLE surplus AS
SELECT place
FROM (
    SELECT raw.rowid AS place,
        row_number() OVER (
            PARTITION BY trace_id, span_id
            ORDER BY start_ns, end_ns DESC, service, scope, error, parent_id, kind, operation, statement_id, host, port,
                namespace, version
        ) AS turn
    FROM raw SEMI JOIN repeated USING (trace_id, span_id)
)
WHERE turn > 1;

-- A service goes by its name and namespace, until all spans are counted and it is known whether the name will do.
CREATE VIEW span AS
SELECT raw.rowid AS sid, raw.* REPLACE (concat_ws(chr(31), service, namespace) AS service)
FROM raw ANTI JOIN surplus ON surplus.place = raw.rowid;

CREATE TABLE parented AS
SELECT
    s.*,
    p.sid AS parent_sid,
    p.kind AS parent_kind,
    p.service AS parent_service,
    coalesce(s.db_system, CASE WHEN s.protocol = 'db' THEN '' END) IS NOT NULL AS is_db
FROM span s
LEFT JOIN span p ON p.trace_id = s.trace_id AND p.span_id = s.parent_id AND p.sid <> s.sid;

-- A server span directly inside its own service's server span is the same handling seen by two instrumentations.
CREATE TABLE node AS
SELECT
    *,
    parent_sid IS NULL
        OR parent_service <> service
        OR kind = 'consumer'
        OR (kind = 'server' AND parent_kind IN ('client', 'producer')) AS is_entry
FROM parented;
DROP TABLE parented;

CREATE TABLE reached AS
WITH RECURSIVE walk(sid, handler, depth) AS (
    SELECT sid, sid, 0 FROM node WHERE is_entry
    UNION ALL
    SELECT node.sid, walk.handler, walk.depth + 1
    FROM node JOIN walk ON node.parent_sid = walk.sid
    WHERE NOT node.is_entry AND walk.depth < 1000
)
SELECT sid, handler FROM walk;

-- Spans in a parent cycle are reached from nowhere: each stands for itself, so that none is lost.
CREATE TABLE handled AS
SELECT sid, handler FROM reached
UNION ALL
SELECT node.sid, node.sid FROM node ANTI JOIN reached USING (sid);

-- All GraphQL requests go to one route: what is asked for stands on the spans inside, and names the handling better.
UPDATE node SET operation = named.operation, protocol = 'graphql'
FROM (
    SELECT handler, min(operation) AS operation
    FROM handled JOIN node USING (sid)
    WHERE node.protocol = 'graphql' AND node.operation IS NOT NULL AND NOT node.is_entry
    GROUP BY handler HAVING count(DISTINCT operation) = 1
) named
WHERE named.handler = node.sid AND node.protocol = 'http' AND coalesce(node.operation, '') NOT LIKE '%{%';

CREATE TABLE handler AS
SELECT
    node.sid AS handler,
    node.trace_id,
    node.service,
    coalesce(node.operation, '(background work)') AS operation,
    node.kind,
    node.start_ns,
    node.end_ns,
    node.error,
    up.handler AS parent_handler
FROM (SELECT DISTINCT handler FROM handled) h
JOIN node ON node.sid = h.handler
LEFT JOIN handled up ON up.sid = node.parent_sid AND up.handler <> node.sid;
