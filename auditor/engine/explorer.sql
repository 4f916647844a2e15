-- Beside the counts: how long things took, what one request sets off, and for how many spans a sampled one stands.

-- A histogram as in lineage/histogram.py. NULL values are left out.
CREATE MACRO spread(value) AS {
    'buckets': histogram(CASE WHEN value > 0 THEN ceil(log2(value) * 8)::INTEGER - 1 END),
    'zeros': coalesce(count_if(value <= 0), 0),
    'total': coalesce(sum(greatest(value, 0)), 0),
    'most': coalesce(max(greatest(value, 0)), 0)
};

-- A time without a beginning is no duration, nor is one that ends before it.
CREATE MACRO took(start_ns, end_ns) AS CASE WHEN start_ns > 0 AND end_ns >= start_ns THEN end_ns - start_ns END;

-- Sums of weights in millionths: whole numbers add up to the same in any order.
CREATE MACRO millionths(weight) AS coalesce(sum(round(weight * 1e6)::HUGEINT), 0);

CREATE TABLE service_weight AS
SELECT service, count(weight) AS weighted, millionths(weight) AS adjusted FROM node GROUP BY service;

CREATE TABLE operation_measure AS
SELECT handler.service, handler.operation, spread(took(handler.start_ns, handler.end_ns)) AS durations,
    count(node.weight) AS weighted, millionths(node.weight) AS adjusted
FROM handler JOIN node ON node.sid = handler.handler
GROUP BY handler.service, handler.operation;

CREATE TABLE exchange_measure AS
SELECT exchange_id, spread(took(start_ns, end_ns)) AS durations, count(weight) AS weighted,
    millionths(weight) AS adjusted
FROM exchange_named GROUP BY exchange_id;

CREATE TABLE statement_weight AS
SELECT handler.service, handler.operation, store, s.statement_id, count(node.weight) AS weighted,
    millionths(node.weight) AS adjusted
FROM statement_step s JOIN handler USING (handler) JOIN node ON node.sid = s.sid
GROUP BY handler.service, handler.operation, store, s.statement_id;

CREATE TABLE context_measure AS
SELECT any_value(path) AS path, count_if(error) AS errors, spread(took(start_ns, end_ns)) AS durations
FROM (SELECT context, path, unnest(handlers) AS handler FROM context) JOIN handler USING (handler)
GROUP BY context;

-- The handling at which the trace of each handling begins.
CREATE TABLE rooted AS
WITH RECURSIVE walk(handler, root, depth) AS (
    SELECT handler, handler, 0 FROM handler WHERE parent_handler IS NULL
    UNION ALL
    SELECT handler.handler, walk.root, walk.depth + 1
    FROM handler JOIN walk ON handler.parent_handler = walk.handler
    WHERE walk.depth < 64
)
SELECT handler, root FROM walk;

CREATE TABLE step_count AS
SELECT handler, callee_kind, callee, operation, protocol, mode, count(*) AS calls
FROM exchange_named WHERE handler IS NOT NULL
GROUP BY ALL
UNION ALL
SELECT handler, 'store', store, statement_id, 'db', 'statement', count(*) FROM statement_step GROUP BY ALL;

CREATE TABLE amplification_count AS
SELECT handler.service AS root_service, handler.operation AS root_operation, caller_service, caller_operation,
    callee_kind, callee, request.operation, protocol, mode, spread(calls) AS per_request, max(burst) AS burst
FROM (
    SELECT root, handler.service AS caller_service, handler.operation AS caller_operation, callee_kind, callee,
        step_count.operation, protocol, mode, sum(calls)::BIGINT AS calls, max(calls) AS burst
    FROM step_count JOIN rooted USING (handler) JOIN handler USING (handler)
    GROUP BY ALL
) request
JOIN handler ON handler.handler = root
GROUP BY ALL;
