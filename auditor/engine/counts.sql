-- steps -> the count tables of the system model. Every table is sorted, so that equal input gives equal output.

CREATE TABLE exchange_named AS
SELECT
    exchange_step.*,
    handler.service AS caller_service,
    handler.operation AS caller_operation,
    'x1-' || left(md5(concat_ws(chr(29), coalesce(handler.service, ''), coalesce(handler.operation, ''),
        callee_kind, callee, exchange_step.operation, protocol, mode)), 16) AS exchange_id
FROM exchange_step LEFT JOIN handler USING (handler);

CREATE TABLE service_count AS
SELECT service, sum(spans)::BIGINT AS spans,
    list({'name': version, 'first': first, 'last': last} ORDER BY first, version) FILTER (version IS NOT NULL) AS versions
FROM (
    SELECT service, version, count(*) AS spans, min(start_ns) AS first, max(start_ns) AS last
    FROM span GROUP BY service, version
)
GROUP BY service ORDER BY service;

CREATE TABLE operation_count AS
SELECT service, operation, min(kind) AS kind, count(*) AS calls, count_if(error) AS errors,
    min(start_ns) AS first, max(start_ns) AS last, min(trace_id, 3) AS traces
FROM handler GROUP BY service, operation ORDER BY service, operation;

CREATE TABLE statement_count AS
SELECT statement_id, handler.service, handler.operation, store, coalesce(min(db_system), '') AS db_system,
    min(statement) AS statement, min(db_operation) AS verb, min(db_collection) AS collection,
    count(*) AS calls, count_if(s.error) AS errors, min(s.start_ns) AS first, max(s.start_ns) AS last,
    min(s.trace_id, 3) AS traces
FROM statement_step s JOIN handler USING (handler)
GROUP BY statement_id, handler.service, handler.operation, store
ORDER BY handler.service, handler.operation, store, statement_id;

CREATE TABLE exchange_key AS
SELECT exchange_id, list_sort(list(DISTINCT key)) AS keys
FROM (SELECT exchange_id, unnest(keys) AS key FROM exchange_named)
GROUP BY exchange_id;

CREATE TABLE exchange_count AS
SELECT exchange_id, caller_service, caller_operation, callee_kind, callee, operation, protocol, mode,
    coalesce(any_value(exchange_key.keys), []) AS keys, count(*) AS calls, count_if(error) AS errors,
    min(seen_ns) AS first, max(seen_ns) AS last, min(trace_id, 3) AS traces
FROM exchange_named LEFT JOIN exchange_key USING (exchange_id)
GROUP BY exchange_id, caller_service, caller_operation, callee_kind, callee, operation, protocol, mode
ORDER BY caller_service, caller_operation, callee_kind, callee, operation, protocol, mode;

-- Happens-before inside one handling, by one service's own clock: a step's first end against another's last start.
CREATE TABLE handler_step AS
SELECT handler, step, bool_or(is_exchange) AS is_exchange, min(end_ns) AS first_end, max(start_ns) AS last_start
FROM (
    SELECT handler, statement_id AS step, false AS is_exchange, start_ns, end_ns FROM statement_step
    UNION ALL
    SELECT handler, exchange_id, true, start_ns, end_ns FROM exchange_named WHERE handler IS NOT NULL
)
GROUP BY handler, step;

CREATE TABLE succession_count AS
SELECT handler.service, handler.operation, a.step AS before, b.step AS after,
    count_if(a.first_end <= b.last_start) AS ordered, count(*) AS together
FROM handler_step a
JOIN handler_step b ON a.handler = b.handler AND a.step <> b.step AND b.is_exchange
JOIN handler ON handler.handler = a.handler
GROUP BY handler.service, handler.operation, a.step, b.step
ORDER BY handler.service, handler.operation, a.step, b.step;

CREATE TABLE context AS
WITH RECURSIVE walk(handler, path, depth) AS (
    SELECT handler, [{'service': service, 'operation': operation}], 0 FROM handler WHERE parent_handler IS NULL
    UNION ALL
    SELECT handler.handler,
        list_append(walk.path, {'service': handler.service, 'operation': handler.operation}), walk.depth + 1
    FROM handler JOIN walk ON handler.parent_handler = walk.handler
    WHERE walk.depth < 64
)
SELECT row_number() OVER (ORDER BY path) AS context, path, count(*) AS calls, list(handler) AS handlers
FROM walk GROUP BY path;

CREATE TABLE context_statement AS
SELECT context, list({'statement': statement_id, 'store': store, 'calls': calls} ORDER BY statement_id, store) AS statements
FROM (
    SELECT context, statement_id, store, count(*) AS calls
    FROM (SELECT context, unnest(handlers) AS handler FROM context) JOIN statement_step USING (handler)
    GROUP BY context, statement_id, store
)
GROUP BY context;

-- The message that a consumer's span links to, or is a child of, was published to a channel of another name.
CREATE TABLE channel_link_count AS
WITH origin AS (
    SELECT sid, channel AS consumed, link.trace_id AS trace_id, link.span_id AS span_id
    FROM (SELECT sid, channel, unnest(links) AS link FROM node WHERE kind = 'consumer' AND channel IS NOT NULL)
    UNION
    SELECT sid, channel, trace_id, parent_id FROM node
    WHERE kind = 'consumer' AND channel IS NOT NULL AND parent_id IS NOT NULL
)
SELECT p.channel AS published, origin.consumed, count(DISTINCT origin.sid) AS messages
FROM origin JOIN node p ON p.trace_id = origin.trace_id AND p.span_id = origin.span_id
WHERE p.channel IS NOT NULL AND p.kind IN ('producer', 'client') AND p.channel <> origin.consumed
GROUP BY ALL ORDER BY ALL;

CREATE TABLE context_count AS
SELECT path, calls, coalesce(statements, []) AS statements
FROM context LEFT JOIN context_statement USING (context)
ORDER BY path;

CREATE TABLE leak_count AS
SELECT service, leak.attribute AS attribute, leak.category AS category, count(DISTINCT sid) AS spans
FROM (SELECT sid, service, unnest(leaks) AS leak FROM span WHERE leaks IS NOT NULL)
GROUP BY ALL ORDER BY ALL;

CREATE TABLE way AS
SELECT service, db_system, coalesce(host, peer) AS host, port, db_namespace,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM access WHERE access.sid = node.sid)) > 0 AS used
FROM node WHERE is_db GROUP BY ALL ORDER BY ALL;

-- A row for everything of which something could be hidden, also where nothing is: so the totals add up.
CREATE TABLE unseen_count AS
SELECT 'orphan' AS kind, service, '' AS other, count_if(parent_id IS NOT NULL AND parent_sid IS NULL) AS n,
    count(*) AS total
FROM node GROUP BY service
UNION ALL
SELECT 'no_statement', service, store, count_if(statement IS NULL AND
        upper(coalesce(split_part(db_operation, ' ', 1), '')) NOT IN
        ('CONNECT', 'BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'CLOSE', 'PING')), count(*)
FROM access GROUP BY service, store
UNION ALL
-- A request that arrives before it was sent: the clocks of the two services differ by more than a millisecond.
SELECT 'clock_skew', handler.service, callee, count_if(skewed), count(*)
FROM (SELECT from_handler, callee, seen_ns < start_ns - 1000000 AS skewed FROM arrived WHERE parent_kind = 'client') a
JOIN handler ON handler.handler = a.from_handler
GROUP BY handler.service, callee
UNION ALL
SELECT 'failed_call', service, coalesce(peer, host, 'unknown peer'), count(*), count(*)
FROM unanswered WHERE failed GROUP BY ALL
UNION ALL
SELECT 'nameless_peer', service, '', count(*), count(*)
FROM unanswered WHERE NOT failed AND peer IS NULL AND host IS NULL GROUP BY service
ORDER BY ALL;
