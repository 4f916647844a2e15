-- steps -> the count tables of the system model. First counted by numbers, then named. Every table is sorted.

CREATE MACRO least3(traces) AS list_sort(flatten(traces))[1:3];

CREATE TABLE row_count AS
SELECT row, count(*) AS spans, count_if(is_orphan) AS orphans, min(start_ns) AS first, max(start_ns) AS last
FROM placed GROUP BY row;

CREATE TABLE handler_count AS
SELECT row, count(*) AS calls, min(start_ns) AS first, max(start_ns) AS last, min(trace_id, 3) AS traces
FROM placed WHERE handler = sid GROUP BY row;

CREATE TABLE access_count AS
SELECT work, context, row, count(*) AS calls, min(start_ns) AS first, max(start_ns) AS last, min(trace_id, 3) AS traces
FROM access GROUP BY work, context, row;

CREATE TABLE step_count AS
SELECT work, sort, row, parent_row, count(*) AS calls, count_if(seen_ns < start_ns - 1000000) AS skewed,
    min(seen_ns) AS first, max(seen_ns) AS last, min(trace_id, 3) AS traces
FROM exchange_step GROUP BY work, sort, row, parent_row;

-- The names of what handlers do.
CREATE TABLE works AS SELECT DISTINCT number AS work, service, task AS operation FROM rows JOIN work_number USING (row);

CREATE TABLE service_count AS
SELECT service, sum(spans)::BIGINT AS spans,
    list({'name': version, 'first': first, 'last': last} ORDER BY first, version) FILTER (version IS NOT NULL) AS versions
FROM (
    SELECT service, version, sum(spans) AS spans, min(first) AS first, max(last) AS last
    FROM row_count JOIN rows USING (row) GROUP BY service, version
)
GROUP BY service ORDER BY service;

CREATE TABLE operation_count AS
SELECT service, task AS operation, min(kind) AS kind, sum(calls)::BIGINT AS calls,
    coalesce(sum(calls) FILTER (error), 0)::BIGINT AS errors, min(first) AS first, max(last) AS last,
    least3(list(traces)) AS traces
FROM handler_count JOIN rows USING (row) GROUP BY service, task ORDER BY service, task;

CREATE TABLE statement_count AS
SELECT step_id AS statement_id, works.service, works.operation, store, coalesce(min(db_system), '') AS db_system,
    min(statement) AS statement, min(db_operation) AS verb, min(db_collection) AS collection,
    sum(calls)::BIGINT AS calls, coalesce(sum(calls) FILTER (error), 0)::BIGINT AS errors,
    min(first) AS first, max(last) AS last, least3(list(traces)) AS traces
FROM access_count JOIN rows USING (row) JOIN works ON works.work = access_count.work
WHERE step_id IS NOT NULL
GROUP BY step_id, works.service, works.operation, store
ORDER BY works.service, works.operation, store, step_id;

-- Every exchange of every caller: what `exchange_sort` numbers as one step, whatever rows it shows in.
CREATE TABLE exchange AS
SELECT work, step, caller.service AS caller_service, caller.operation AS caller_operation,
    callee_kind, callee, named.operation, protocol, mode,
    'x1-' || left(md5(concat_ws(chr(29), coalesce(caller.service, ''), coalesce(caller.operation, ''),
        callee_kind, callee, named.operation, protocol, mode)), 16) AS exchange_id,
    sum(calls)::BIGINT AS calls, coalesce(sum(calls) FILTER (error), 0)::BIGINT AS errors,
    sum(skewed)::BIGINT AS skewed, min(first) AS first, max(last) AS last, least3(list(traces)) AS traces
FROM step_count JOIN exchange_sort named USING (sort, row, parent_row) LEFT JOIN works caller USING (work)
GROUP BY ALL;

-- What a GraphQL document asks for stands on a span of its own, inside the one that handles the request.
CREATE TABLE asked AS
SELECT DISTINCT step.work, sort, step.row, parent_row, inside.row AS asked_row
FROM (
    SELECT DISTINCT handler, row FROM placed JOIN rows USING (row)
    WHERE protocol = 'graphql' AND NOT is_entry AND keys IS NOT NULL
) inside
JOIN exchange_step step ON step.sid = inside.handler
WHERE sort IN ('arrived', 'entered');

CREATE TABLE exchange_key AS
SELECT work, step, list_sort(list(DISTINCT key)) AS keys
FROM (
    SELECT work, sort, row, parent_row, unnest(keys) AS key FROM step_count JOIN rows USING (row)
    UNION ALL
    SELECT work, sort, step_count.row, parent_row, unnest(keys) FROM step_count JOIN rows ON rows.row = parent_row
    UNION ALL
    SELECT work, sort, asked.row, parent_row, unnest(keys) FROM asked JOIN rows ON rows.row = asked_row
)
JOIN exchange_sort USING (sort, row, parent_row)
GROUP BY work, step;

CREATE TABLE exchange_count AS
SELECT exchange_id, caller_service, caller_operation, callee_kind, callee, operation, protocol, mode,
    coalesce(keys, []) AS keys, calls, errors, first, last, traces
FROM exchange LEFT JOIN exchange_key USING (work, step)
ORDER BY caller_service, caller_operation, callee_kind, callee, operation, protocol, mode;

CREATE TABLE succession_count AS
WITH counted AS (
    SELECT a.work, a.step AS before, b.step AS after, count_if(a.first_end <= b.last_start) AS ordered,
        count(*) AS together
    FROM handler_step a JOIN handler_step b ON a.handler = b.handler AND a.step <> b.step
    WHERE b.step > 0
    GROUP BY a.work, a.step, b.step
)
SELECT works.service, works.operation, coalesce(statement.step_id, before.exchange_id) AS before,
    after.exchange_id AS after, ordered, together
FROM counted
JOIN works USING (work)
JOIN exchange after ON after.work = counted.work AND after.step = counted.after
LEFT JOIN exchange before ON before.work = counted.work AND before.step = counted.before
LEFT JOIN (SELECT DISTINCT step, step_id FROM statement_number) statement ON statement.step = counted.before
ORDER BY works.service, works.operation, 3, 4;

CREATE TABLE context AS
WITH RECURSIVE walk(context, path) AS (
    SELECT context, [{'service': service, 'operation': operation}]
    FROM context_tree JOIN works USING (work) WHERE parent < 0
    UNION ALL
    SELECT context_tree.context, list_append(path, {'service': service, 'operation': operation})
    FROM walk JOIN context_tree ON context_tree.parent = walk.context JOIN works USING (work)
)
SELECT context, path, calls
FROM walk JOIN (SELECT context, count(*) AS calls FROM placed WHERE handler = sid GROUP BY context) USING (context);

CREATE TABLE context_count AS
SELECT path, calls, coalesce(statements, []) AS statements
FROM context LEFT JOIN (
    SELECT context,
        list({'statement': step_id, 'store': store, 'calls': calls} ORDER BY step_id, store) AS statements
    FROM (
        SELECT context, step_id, store, sum(calls)::BIGINT AS calls
        FROM access_count JOIN rows USING (row) WHERE step_id IS NOT NULL
        GROUP BY context, step_id, store
    )
    GROUP BY context
) USING (context)
ORDER BY path;

-- Messages that were published to a channel of another name: by the consumer's parent, or by a span that it links to.
CREATE TABLE channel_link_count AS
WITH published AS (
    SELECT trace_high, trace_low, span_id, parent_sid AS sid, rows.channel AS consumed
    FROM placed JOIN rows USING (row) JOIN trace USING (trace_id) WHERE is_consumption AND parent_sid IS NOT NULL
    UNION
    SELECT from_trace_high, from_trace_low, from_span_id, placed.sid, rows.channel
    FROM link JOIN rows ON rows.row = from_row JOIN trace USING (trace_high, trace_low)
    JOIN placed ON placed.trace_id = trace.trace_id AND placed.span_id = link.span_id
    WHERE rows.is_consumption
)
SELECT rows.channel AS published, consumed, count(*) AS messages
FROM published JOIN placed USING (sid) JOIN rows USING (row)
WHERE rows.channel IS NOT NULL AND rows.kind IN ('producer', 'client') AND rows.channel <> consumed
GROUP BY ALL ORDER BY ALL;

CREATE TABLE leak_count AS
SELECT service, leak.attribute AS attribute, leak.category AS category, sum(spans)::BIGINT AS spans
FROM (SELECT DISTINCT row, service, unnest(leaks) AS leak FROM rows WHERE leaks IS NOT NULL) JOIN row_count USING (row)
GROUP BY ALL ORDER BY ALL;

CREATE TABLE way AS
SELECT service, db_system, coalesce(host, peer) AS host, port, db_namespace, bool_or(row IN (SELECT row FROM access_count)) AS used
FROM row_count JOIN rows USING (row) WHERE is_db GROUP BY ALL ORDER BY ALL;

-- What a host and port has answered as: may name the callee of a call that has no server span.
CREATE TABLE address AS
SELECT DISTINCT above.host, coalesce(above.port, 0) AS port, rows.service
FROM exchange_sort JOIN rows USING (row) JOIN rows above ON above.row = parent_row
WHERE above.host IS NOT NULL AND above.kind = 'client';

CREATE TABLE total_count AS
SELECT coalesce(sum(spans), 0)::BIGINT AS spans, min(first) AS first, max(last) AS last,
    coalesce(sum(spans) FILTER (weight IS NOT NULL), 0)::BIGINT AS weighted,
    coalesce(sum(spans * round(weight * 1e6)::HUGEINT), 0) AS adjusted, (SELECT count(*) FROM surplus) AS duplicates
FROM row_count JOIN rows USING (row);

-- A row for everything of which something could be hidden, also where nothing is: so the totals add up.
CREATE TABLE unseen_count AS
SELECT 'orphan' AS kind, service, '' AS other, sum(orphans)::BIGINT AS n, sum(spans)::BIGINT AS total
FROM row_count JOIN rows USING (row) GROUP BY service
UNION ALL
SELECT 'no_statement', service, store, coalesce(sum(calls) FILTER (statement IS NULL AND
        upper(coalesce(split_part(db_operation, ' ', 1), '')) NOT IN
        ('CONNECT', 'BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'CLOSE', 'PING')), 0)::BIGINT,
    sum(calls)::BIGINT
FROM access_count JOIN rows USING (row) GROUP BY service, store
UNION ALL
-- A request that arrives before it was sent: the clocks of the two services differ by more than a millisecond.
SELECT 'clock_skew', works.service, rows.service, sum(skewed)::BIGINT, sum(calls)::BIGINT
FROM step_count JOIN rows USING (row) JOIN rows above ON above.row = parent_row JOIN works ON works.work = step_count.work
WHERE above.kind = 'client'
GROUP BY works.service, rows.service
UNION ALL
SELECT 'failed_call', service, coalesce(peer, host, 'unknown peer'), count(*), count(*)
FROM placed JOIN rows USING (row) WHERE is_call AND NOT is_answered AND failed GROUP BY ALL
UNION ALL
SELECT 'nameless_peer', service, '', count(*), count(*)
FROM placed JOIN rows USING (row)
WHERE is_call AND NOT is_answered AND NOT is_named_call AND NOT failed GROUP BY service
ORDER BY ALL;
