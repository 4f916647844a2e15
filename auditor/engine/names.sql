-- All GraphQL requests go to one route: what is asked for stands on the spans inside, and names the handling better.
-- rows, placed -> renamed, and rows for those.
CREATE TABLE named AS
SELECT placed.sid, placed.row, inside.operation
FROM (
    SELECT handler, min(operation) AS operation
    FROM placed JOIN rows USING (row)
    WHERE protocol = 'graphql' AND operation IS NOT NULL AND NOT is_entry
    GROUP BY handler HAVING count(DISTINCT operation) = 1
) inside
JOIN placed ON placed.sid = inside.handler
JOIN rows ON rows.row = placed.row
WHERE rows.protocol = 'http' AND coalesce(rows.operation, '') NOT LIKE '%{%';

CREATE TABLE better AS
SELECT row AS old, operation,
    ((SELECT count(*) FROM rows) + row_number() OVER (ORDER BY row, operation) - 1)::INTEGER AS row
FROM (SELECT DISTINCT row, operation FROM named);

INSERT INTO rows
SELECT rows.* REPLACE (better.row AS row, better.operation AS operation, better.operation AS task, 'graphql' AS protocol)
FROM better JOIN rows ON rows.row = better.old;

CREATE VIEW renamed AS
SELECT named.sid, better.row FROM named JOIN better ON better.old = named.row AND better.operation = named.operation;
