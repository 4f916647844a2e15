-- span -> surplus, parent: which spans came before, and which span each one's parent is.

-- Of a span that came several times, the first counts. Few do: only these are compared as a whole.
CREATE TABLE repeated AS SELECT trace_id, span_id FROM span GROUP BY trace_id, span_id HAVING count(*) > 1;

CREATE TABLE surplus AS
SELECT sid
FROM (
    SELECT sid,
        row_number() OVER (
            PARTITION BY trace_id, span_id
            ORDER BY start_ns, end_ns DESC, service, scope, error, parent_id < 0, parent_id, kind, operation,
                statement_id, host, port, namespace, version, row
        ) AS turn
    FROM span SEMI JOIN repeated USING (trace_id, span_id) JOIN given USING (row)
)
WHERE turn > 1;

CREATE VIEW single AS SELECT * FROM span ANTI JOIN surplus USING (sid);

CREATE TABLE parent AS
SELECT child.sid, above.sid AS parent_sid
FROM single child JOIN single above
  ON above.trace_id = child.trace_id AND above.span_id = child.parent_id AND above.sid <> child.sid;
