-- The catalogue of a store. Windows are nanoseconds since the epoch; `added` is seconds since the epoch.

-- What was added, once each; `report` is what its reader told, as JSON.
CREATE TABLE source (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, added INTEGER NOT NULL, report TEXT NOT NULL);

-- How many spans of a source lie in a window.
CREATE TABLE share (
    source INTEGER NOT NULL, window INTEGER NOT NULL, spans INTEGER NOT NULL, PRIMARY KEY (window, source)
) WITHOUT ROWID;

-- `generation` grows whenever the window's spans, or those that they are counted with, change.
CREATE TABLE window (start INTEGER PRIMARY KEY, generation INTEGER NOT NULL, added INTEGER NOT NULL);

-- Immutable files of redacted spans, links and rows: KIND/WINDOW/BUCKET/ID.parquet.
CREATE TABLE segment (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('spans', 'links', 'rows')), window INTEGER NOT NULL,
    bucket INTEGER NOT NULL, count INTEGER NOT NULL, size INTEGER NOT NULL, digest TEXT NOT NULL, added INTEGER NOT NULL
) WITHOUT ROWID;

-- What was counted: in segments that are gone ('sealed'), and in those that are there ('counted') at a generation.
CREATE TABLE model (
    window INTEGER NOT NULL, part TEXT NOT NULL CHECK (part IN ('sealed', 'counted')), generation INTEGER NOT NULL,
    lean INTEGER NOT NULL, spans INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (window, part)
);

-- The hours of a day added up, to save time; `state` tells of which hours in which state.
CREATE TABLE day (start INTEGER PRIMARY KEY, state TEXT NOT NULL, body BLOB NOT NULL);

-- The window in which all spans of a trace lie, by a hash of its id: as long as its spans are kept.
CREATE TABLE trace (key INTEGER PRIMARY KEY, window INTEGER NOT NULL);
CREATE INDEX trace_window ON trace (window);

-- Traces that spans of another window link to: their window is counted together with these links.
CREATE TABLE link (trace INTEGER NOT NULL, window INTEGER NOT NULL, PRIMARY KEY (trace, window)) WITHOUT ROWID;
