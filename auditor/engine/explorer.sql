-- Beside the counts: how long things took, what one request sets off, and for how many spans a sampled one stands.

CREATE MACRO bucket(value) AS CASE WHEN value > 0 THEN ceil(log2(value) * 8)::INTEGER - 1 END;

-- A histogram as in lineage/histogram.py. NULL values are left out. (Lists are much quicker to fetch than a map.)
CREATE MACRO spread(value) AS {
    'buckets': map_keys(histogram(bucket(value))),
    'counts': map_values(histogram(bucket(value))),
    'zeros': coalesce(count_if(value <= 0), 0),
    'total': coalesce(sum(greatest(value, 0)), 0),
    'most': coalesce(max(greatest(value, 0)), 0)
};

-- A time without a beginning is no duration, nor is one that ends before it.
CREATE MACRO took(start_ns, end_ns) AS CASE WHEN start_ns > 0 AND end_ns >= start_ns THEN end_ns - start_ns END;

-- Of `number` spans of each row: how many state a weight, and the sum in millionths, which adds up in any order.
CREATE MACRO weights(number, weight) AS {
    'weighted': coalesce(sum(number) FILTER (weight IS NOT NULL), 0),
    'adjusted': coalesce(sum(number * round(weight * 1e6)::HUGEINT), 0)
};

CREATE TABLE service_measure AS
SELECT service, weights(spans, weight) AS weights FROM row_count JOIN rows USING (row) GROUP BY service;

CREATE TABLE operation_measure AS
SELECT service, operation, durations, weights
FROM (SELECT work, spread(took(start_ns, end_ns)) AS durations FROM placed WHERE handler = sid GROUP BY work)
JOIN works USING (work)
JOIN (
    SELECT service, task AS operation, weights(calls, weight) AS weights
    FROM handler_count JOIN rows USING (row) GROUP BY service, task
) USING (service, operation);

CREATE TABLE statement_measure AS
SELECT works.service, works.operation, store, step_id AS statement_id, weights(calls, weight) AS weights
FROM access_count JOIN rows USING (row) JOIN works ON works.work = access_count.work
WHERE step_id IS NOT NULL
GROUP BY works.service, works.operation, store, step_id;

CREATE TABLE exchange_measure AS
SELECT exchange_id, durations, weights
FROM exchange
JOIN (
    SELECT work, step, spread(took(start_ns, end_ns)) AS durations
    FROM exchange_step JOIN exchange_sort USING (sort, row, parent_row) GROUP BY work, step
) USING (work, step)
JOIN (
    SELECT work, step, weights(calls, weight) AS weights
    FROM step_count JOIN exchange_sort USING (sort, row, parent_row) GROUP BY work, step
) USING (work, step);

CREATE TABLE context_measure AS
SELECT path, errors, durations
FROM context JOIN (
    SELECT context, count_if(error) AS errors, spread(took(start_ns, end_ns)) AS durations
    FROM placed JOIN rows USING (row) WHERE handler = sid GROUP BY context
) USING (context);

-- Edges in numbers: exchanges as their steps, statements against a store downwards from -1.
CREATE TABLE statement_edge AS
SELECT row, -dense_rank() OVER (ORDER BY store, step_id) AS edge, store, step_id
FROM rows WHERE is_access AND step_id IS NOT NULL;

CREATE TABLE edge AS
SELECT DISTINCT step AS edge, callee_kind, callee, operation, protocol, mode FROM exchange_sort
UNION ALL
SELECT DISTINCT edge, 'store', store, step_id, 'db', 'statement' FROM statement_edge;

-- Calls over an edge by one handling, then by one request; then the requests of each root by their number of calls.
CREATE TABLE handler_edge AS
SELECT handler, step AS edge, count(*) AS calls
FROM exchange_step JOIN exchange_sort USING (sort, row, parent_row) WHERE handler IS NOT NULL
GROUP BY handler, step
UNION ALL
SELECT handler, edge, count(*) FROM access JOIN statement_edge USING (row) GROUP BY handler, edge;

CREATE TABLE request_edge AS
SELECT root_work, work, edge, sum(calls)::BIGINT AS calls, max(calls) AS burst
FROM handler_edge JOIN (SELECT sid AS handler, work, root, root_work FROM placed WHERE handler = sid) USING (handler)
WHERE root IS NOT NULL
GROUP BY root, root_work, work, edge;

CREATE TABLE amplification_count AS
SELECT root.service AS root_service, root.operation AS root_operation, caller.service AS caller_service,
    caller.operation AS caller_operation, callee_kind, callee, edge.operation, protocol, mode, per_request, burst
FROM (
    SELECT root_work, work, edge, spread(calls) AS per_request, max(burst) AS burst
    FROM request_edge GROUP BY root_work, work, edge
) load
JOIN edge USING (edge)
JOIN works root ON root.work = load.root_work
JOIN works caller ON caller.work = load.work;
