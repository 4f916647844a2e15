-- given -> rows: what spans share, once, with all that follows from a row alone.
-- A service goes by its name and namespace until it is known whether the name will do, and a store by the way in which
-- it is reached, an unanswered peer by all that the caller says of it: see naming.py.
CREATE TABLE rows AS
SELECT
    * REPLACE (concat_ws(chr(31), service, namespace) AS service),
    coalesce(operation, '(background work)') AS task,
    coalesce(db_system, CASE WHEN protocol = 'db' THEN '' END) IS NOT NULL AS is_db,
    is_db AND kind <> 'server' AS is_access,
    concat_ws(chr(30), concat_ws(chr(31), service, namespace), coalesce(db_system, ''), coalesce(host, peer, ''),
        coalesce(port::VARCHAR, ''), coalesce(db_namespace, '')) AS store,
    CASE WHEN statement IS NOT NULL OR db_collection IS NOT NULL
        THEN coalesce(statement_id, 'n1-' || left(md5(concat_ws('|', db_operation, db_collection)), 16))
    END AS step_id,
    kind = 'consumer' AND channel IS NOT NULL AS is_consumption,
    kind IN ('producer', 'client') AND channel IS NOT NULL AND NOT is_db AS is_publication,
    kind = 'client' AND channel IS NULL AND NOT is_db AS is_call,
    is_call AND NOT failed AND coalesce(peer, host) IS NOT NULL AS is_named_call
FROM given;
