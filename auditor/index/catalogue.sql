-- The catalogue of a store. Windows are nanoseconds since the epoch; `added` is seconds since the epoch.

-- What was added, once each; `report` is what its reader told, as JSON.
CREATE TABLE source (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, added INTEGER NOT NULL, report TEXT NOT NULL);

-- How many spans of a source lie in a window.
CREATE TABLE share (
    source INTEGER NOT NULL, window INTEGER NOT NULL, spans INTEGER NOT NULL, PRIMARY KEY (window, source)
) WITHOUT ROWID;

-- `generation` grows whenever the window's spans, or those that they are counted with, change.
CREATE TABLE window (start INTEGER PRIMARY KEY, generation INTEGER NOT NULL, added INTEGER NOT NULL);

-- Immutable files of redacted spans: WINDOW/BUCKET/ID.parquet.
CREATE TABLE segment (
    id TEXT PRIMARY KEY, window INTEGER NOT NULL, bucket INTEGER NOT NULL, spans INTEGER NOT NULL,
    size INTEGER NOT NULL, added INTEGER NOT NULL
) WITHOUT ROWID;

-- What was counted: in segments that are gone ('sealed'), and in those that are there ('counted') at a generation.
CREATE TABLE model (
    window INTEGER NOT NULL, part TEXT NOT NULL CHECK (part IN ('sealed', 'counted')), generation INTEGER NOT NULL,
    lean INTEGER NOT NULL, spans INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (window, part)
);

-- The window in which all spans of a trace lie, by a hash of its id: as long as its spans are kept.
CREATE TABLE trace (key INTEGER PRIMARY KEY, window INTEGER NOT NULL);
CREATE INDEX trace_window ON trace (window);

-- Traces that spans of other windows link to: as soon as they change, these windows are counted again.
CREATE TABLE link (trace INTEGER NOT NULL, window INTEGER NOT NULL, PRIMARY KEY (trace, window)) WITHOUT ROWID;
