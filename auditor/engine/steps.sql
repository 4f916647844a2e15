-- rows, placed -> what each handler did: statements against stores, exchanges with other parties, in numbers.
-- A *handler* is the span with which a service begins to handle something: a server or consumer span, or a local root.

-- What is known of a span. `trace_id` is the number of the trace in the order of the ids; so for all tables.
CREATE VIEW node AS
SELECT placed.*, rows.* EXCLUDE (row), above.kind AS parent_kind, above.service AS parent_service
FROM placed JOIN rows USING (row) LEFT JOIN rows above ON above.row = placed.parent_row;

CREATE VIEW handled AS SELECT sid, handler FROM placed;

CREATE VIEW handler AS
SELECT sid AS handler, trace_id, service, task AS operation, kind, start_ns, end_ns, error,
    nullif(caller, sid) AS parent_handler, context, row
FROM node WHERE handler = sid;

-- Of an ORM's span and its driver's beside it only the inner one counts (docs/decisions/0004). Few rows have both.
CREATE TABLE twice AS
SELECT row
FROM rows JOIN (
    SELECT service, statement_id FROM rows
    WHERE is_access AND statement_id IS NOT NULL
    GROUP BY service, statement_id HAVING count(DISTINCT coalesce(scope, '')) > 1
) USING (service, statement_id)
WHERE is_access;

CREATE TABLE beside AS
SELECT sid, parent_sid, service, statement_id, scope, start_ns, end_ns FROM node SEMI JOIN twice USING (row);

CREATE TABLE outside AS
SELECT DISTINCT outer_span.sid
FROM beside outer_span
JOIN beside inner_span
  ON inner_span.parent_sid = outer_span.parent_sid
 AND inner_span.service = outer_span.service
 AND inner_span.statement_id = outer_span.statement_id
 AND inner_span.scope IS DISTINCT FROM outer_span.scope
 AND inner_span.start_ns >= outer_span.start_ns
 AND inner_span.end_ns <= outer_span.end_ns
 AND (inner_span.start_ns, -inner_span.end_ns, inner_span.scope) > (outer_span.start_ns, -outer_span.end_ns, outer_span.scope);

CREATE TABLE access AS
SELECT sid, handler, work, context, row, trace_id, start_ns, end_ns
FROM placed SEMI JOIN (SELECT row FROM rows WHERE is_access) USING (row) ANTI JOIN outside USING (sid)
WHERE NOT is_wrapper;

-- Steps of statements are numbered by their ids, downwards from -1.
CREATE TABLE statement_number AS
SELECT row, -dense_rank() OVER (ORDER BY step_id) AS step, step_id FROM rows WHERE is_access AND step_id IS NOT NULL;

CREATE TABLE exchange_step AS
-- Calls that arrived: an entry whose parent lies in another service, or whose parent is a client span. And entry points:
-- nobody who sends spans called them. An arrival is told by two rows, and timed by the caller where it has a span of it.
SELECT CASE WHEN parent_sid IS NULL THEN 'entered' ELSE 'arrived' END AS sort, sid, caller AS handler, caller_work AS work,
    row, parent_row, trace_id, sent_ns AS start_ns, answered_ns AS end_ns, start_ns AS seen_ns
FROM placed JOIN rows USING (row)
WHERE is_entry AND CASE WHEN parent_sid IS NULL THEN kind = 'server' ELSE NOT is_consumption END
UNION ALL
SELECT CASE WHEN is_publication THEN 'published' WHEN is_consumption THEN 'consumed' ELSE 'unanswered' END,
    sid, handler, placed.work, row, -1, trace_id, start_ns, end_ns, start_ns
FROM placed JOIN rows USING (row)
WHERE is_publication OR is_consumption OR (is_named_call AND NOT is_answered);

-- What an exchange step is, by its rows: the parties and what they do are the same for all steps of the same rows.
CREATE TABLE exchange_sort AS
SELECT *, dense_rank() OVER (ORDER BY callee_kind, callee, operation, protocol, mode)::INTEGER AS step
FROM (
    SELECT
        sort, step.row, parent_row,
        CASE WHEN sort IN ('arrived', 'entered') THEN 'service' WHEN sort = 'unanswered' THEN 'outsider'
            ELSE 'channel' END AS callee_kind,
        CASE callee_kind
            WHEN 'service' THEN rows.service
            WHEN 'channel' THEN rows.channel
            ELSE concat_ws(chr(30), coalesce(rows.peer, ''), coalesce(rows.host, ''), coalesce(rows.port::VARCHAR, ''))
        END AS callee,
        CASE sort
            WHEN 'published' THEN coalesce(rows.operation, 'publish')
            WHEN 'consumed' THEN coalesce(rows.operation, 'process')
            WHEN 'unanswered' THEN coalesce(rows.operation, '(unnamed)')
            ELSE rows.task
        END AS operation,
        CASE callee_kind
            WHEN 'channel' THEN coalesce(rows.messaging_system, 'messaging')
            ELSE coalesce(rows.protocol, above.protocol, 'unknown')
        END AS protocol,
        CASE sort WHEN 'published' THEN 'publish' WHEN 'consumed' THEN 'consume' ELSE 'call' END AS mode,
        rows.error OR coalesce(above.error AND above.kind = 'client', false) AS error,
        -- Both had to be kept for the call to be seen; where one does not say how likely that was, nobody knows.
        CASE WHEN sort <> 'arrived' THEN rows.weight
            WHEN rows.weight IS NOT NULL AND above.weight IS NOT NULL THEN greatest(rows.weight, above.weight)
        END AS weight
    FROM (SELECT DISTINCT sort, row, parent_row FROM exchange_step) step
    JOIN rows USING (row)
    LEFT JOIN rows above ON above.row = parent_row
);

-- Happens-before inside one handling, by one service's own clock: a step's first end against another's last start.
CREATE TABLE handler_step AS
SELECT handler, step, any_value(work) AS work, min(end_ns) AS first_end, max(start_ns) AS last_start
FROM (
    SELECT handler, step, work, start_ns, end_ns FROM access JOIN statement_number USING (row)
    UNION ALL
    SELECT handler, step, work, start_ns, end_ns
    FROM exchange_step JOIN exchange_sort USING (sort, row, parent_row)
    WHERE handler IS NOT NULL
)
GROUP BY handler, step;
