-- Beside the counts: how long things took, what one request sets off, and for how many spans a sampled one stands.
-- First by numbers, as in counts.sql; buckets are those of lineage/histogram.py, NULL for 0.

-- A time without a beginning is no duration, nor is one that ends before it.
CREATE MACRO took(start_ns, end_ns) AS CASE WHEN start_ns > 0 AND end_ns >= start_ns THEN end_ns - start_ns END;
CREATE MACRO bucket_of(value) AS CASE WHEN value > 0 THEN ceil(log2(value) * 8)::INTEGER - 1 END;

-- Buckets that are counted already, put together: each group of `values` of `counted` has their `total` and `most`.
CREATE MACRO spread(bucket, counted, total, most) AS {
    'buckets': list({'bucket': bucket, 'count': counted}) FILTER (bucket IS NOT NULL AND counted > 0),
    'zeros': coalesce(sum(counted) FILTER (bucket IS NULL), 0)::BIGINT,
    'total': coalesce(sum(total), 0),
    'most': coalesce(max(most), 0)
};

-- Sums of weights in millionths: whole numbers add up to the same in any order.
CREATE MACRO weighted(calls, weight) AS coalesce(sum(calls) FILTER (weight IS NOT NULL), 0)::BIGINT;
CREATE MACRO adjusted(calls, weight) AS coalesce(sum(calls * round(weight * 1e6)::HUGEINT), 0);

CREATE TABLE service_weight AS
SELECT service, weighted(spans, weight) AS weighted, adjusted(spans, weight) AS adjusted
FROM row_count JOIN rows USING (row) GROUP BY service;

CREATE TABLE handling_time AS
SELECT work, context, row, bucket_of(took) AS bucket, count(*) AS calls, count(took) AS timed, sum(took) AS total,
    max(took) AS most
FROM (SELECT work, context, row, took(start_ns, end_ns) AS took FROM placed WHERE handler = sid)
GROUP BY ALL;

CREATE TABLE operation_measure AS
SELECT service, operation, durations, weighted, adjusted
FROM (
    SELECT work, spread(bucket, timed, total, most) AS durations FROM handling_time GROUP BY work
)
JOIN (
    SELECT work, weighted(calls, weight) AS weighted, adjusted(calls, weight) AS adjusted
    FROM handling_time JOIN rows USING (row) GROUP BY work
) USING (work)
JOIN works USING (work);

CREATE TABLE context_measure AS
SELECT path, durations, errors
FROM context
JOIN (SELECT context, spread(bucket, timed, total, most) AS durations FROM handling_time GROUP BY context) USING (context)
JOIN (
    SELECT context, coalesce(sum(calls) FILTER (error), 0)::BIGINT AS errors
    FROM handling_time JOIN rows USING (row) GROUP BY context
) USING (context);

CREATE TABLE exchange_time AS
SELECT work, sort, row, parent_row, bucket_of(took) AS bucket, count(*) AS calls, count(took) AS timed,
    sum(took) AS total, max(took) AS most
FROM (SELECT work, sort, row, parent_row, took(start_ns, end_ns) AS took FROM exchange_step)
GROUP BY ALL;

CREATE TABLE exchange_measure AS
SELECT exchange_id, durations, weighted, adjusted
FROM exchange
JOIN (
    SELECT work, step, spread(bucket, timed, total, most) AS durations, weighted(calls, weight) AS weighted,
        adjusted(calls, weight) AS adjusted
    FROM exchange_time JOIN exchange_sort USING (sort, row, parent_row) GROUP BY work, step
) USING (work, step);

CREATE TABLE statement_weight AS
SELECT works.service, works.operation, store, step_id AS statement_id, weighted(calls, weight) AS weighted,
    adjusted(calls, weight) AS adjusted
FROM access_count JOIN rows USING (row) JOIN works ON works.work = access_count.work
WHERE step_id IS NOT NULL
GROUP BY ALL;

-- Statements against different stores are loads of their own.
CREATE TABLE access_sort AS
SELECT row, -dense_rank() OVER (ORDER BY store, step_id)::INTEGER AS step, store, step_id
FROM rows WHERE is_access AND step_id IS NOT NULL;

-- The calls that one request sets off, by who makes them; `burst` is the most within one handling.
CREATE TABLE request_load AS
SELECT root, work, step, sum(calls)::BIGINT AS calls, max(calls) AS burst
FROM (
    SELECT handler, any_value(work) AS work, step, count(*) AS calls
    FROM (
        SELECT handler, work, step FROM exchange_step JOIN exchange_sort USING (sort, row, parent_row)
        WHERE handler IS NOT NULL
        UNION ALL
        SELECT handler, work, step FROM access JOIN access_sort USING (row)
    )
    GROUP BY handler, step
) made
JOIN (SELECT sid AS handler, root FROM placed WHERE handler = sid AND root IS NOT NULL) USING (handler)
GROUP BY root, work, step;

CREATE TABLE load_count AS
SELECT placed.work AS root_work, load.work AS work, step, calls, count(*) AS requests, max(burst) AS burst
FROM request_load load JOIN placed ON placed.sid = load.root
GROUP BY ALL;

CREATE TABLE load_named AS
SELECT DISTINCT step, callee_kind, callee, operation, protocol, mode FROM exchange_sort
UNION
SELECT DISTINCT step, 'store', store, step_id, 'db', 'statement' FROM access_sort;

CREATE TABLE amplification_count AS
SELECT root.service AS root_service, root.operation AS root_operation, caller.service AS caller_service,
    caller.operation AS caller_operation, callee_kind, callee, load_named.operation, protocol, mode, per_request, burst
FROM (
    SELECT root_work, work, step, spread(bucket, requests, total, most) AS per_request, max(burst) AS burst
    FROM (
        SELECT root_work, work, step, bucket_of(calls) AS bucket, sum(requests)::BIGINT AS requests,
            sum(calls * requests) AS total, max(calls) AS most, max(burst) AS burst
        FROM load_count GROUP BY ALL
    )
    GROUP BY root_work, work, step
) counted
JOIN works root ON root.work = root_work
JOIN works caller ON caller.work = counted.work
JOIN load_named USING (step);
