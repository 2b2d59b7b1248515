-- What a hub keeps. A day is the number of days since 1970-01-01 (UTC); the time of day is never kept.
-- Every key begins with the programme or the collection, so that the data can be spread by it.

CREATE TABLE hub (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch BLOB NOT NULL CHECK (length(epoch) = 16),
    challenge_key BLOB NOT NULL CHECK (length(challenge_key) = 32)
) STRICT;

-- `claim_hash` is the founding invite's. `founded` is the day, NULL until then.
CREATE TABLE programmes (
    programme BLOB PRIMARY KEY CHECK (length(programme) = 16),
    name TEXT NOT NULL,
    practice INTEGER NOT NULL CHECK (practice IN (0, 1)),
    claim_hash BLOB NOT NULL CHECK (length(claim_hash) = 32),
    expiry INTEGER NOT NULL,
    founded INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE collections (
    collection BLOB PRIMARY KEY CHECK (length(collection) = 16),
    programme BLOB NOT NULL REFERENCES programmes,
    name TEXT NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0,
    confirmed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Cards, certificates and entries are kept as MessagePack, as they travel.
CREATE TABLE cards (
    programme BLOB NOT NULL REFERENCES programmes,
    generation INTEGER NOT NULL,
    card BLOB NOT NULL,
    PRIMARY KEY (programme, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
    programme BLOB NOT NULL REFERENCES programmes,
    device BLOB NOT NULL CHECK (length(device) = 16),
    n INTEGER NOT NULL,
    revoked INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    certificate BLOB NOT NULL,
    PRIMARY KEY (programme, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE invites (
    programme BLOB NOT NULL REFERENCES programmes,
    invite BLOB NOT NULL CHECK (length(invite) = 16),
    role TEXT NOT NULL CHECK (role IN ('worker', 'coordinator')),
    lane BLOB NOT NULL CHECK (length(lane) = 16),
    claim_hash BLOB NOT NULL CHECK (length(claim_hash) = 32),
    expiry INTEGER NOT NULL,
    PRIMARY KEY (programme, invite)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolments (
    programme BLOB NOT NULL,
    invite BLOB NOT NULL,
    device BLOB NOT NULL CHECK (length(device) = 16),
    signing_key BLOB NOT NULL,
    sealing_key BLOB NOT NULL,
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    day INTEGER NOT NULL,
    PRIMARY KEY (programme, invite),
    FOREIGN KEY (programme, invite) REFERENCES invites
) STRICT, WITHOUT ROWID;

CREATE INDEX enrolments_device ON enrolments (programme, device);

-- A token names its device by its hash alone; the programme leads the key, as everywhere.
CREATE TABLE tokens (
    programme BLOB NOT NULL REFERENCES programmes,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    device BLOB NOT NULL CHECK (length(device) = 16),
    provisional INTEGER NOT NULL CHECK (provisional IN (0, 1)),
    last_day INTEGER NOT NULL,
    PRIMARY KEY (programme, hash)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX tokens_hash ON tokens (hash);
CREATE INDEX tokens_device ON tokens (programme, device);

-- Whose each content key is, and so whose lane its revisions are in. The first valid packet says it.
CREATE TABLE keys (
    collection BLOB NOT NULL REFERENCES collections,
    key BLOB NOT NULL CHECK (length(key) = 16),
    owner BLOB NOT NULL CHECK (length(owner) = 16),
    lane BLOB NOT NULL CHECK (length(lane) = 16),
    PRIMARY KEY (collection, key)
) STRICT, WITHOUT ROWID;

-- The feed. `rev` is a revision's, or a packet's id. `superseded` is the day on which it was; the body
-- can go later, the row never does. A table with a rowid, since rows of a kilobyte and more would
-- overflow the pages of a table without one.
CREATE TABLE entries (
    collection BLOB NOT NULL REFERENCES collections,
    sequence INTEGER NOT NULL,
    rev BLOB NOT NULL CHECK (length(rev) = 32),
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    lane BLOB NOT NULL CHECK (length(lane) = 16),
    key BLOB NOT NULL CHECK (length(key) = 16),
    record BLOB CHECK (length(record) = 16),
    day INTEGER NOT NULL,
    superseded INTEGER,
    content BLOB
) STRICT;

CREATE UNIQUE INDEX entries_order ON entries (collection, sequence);
CREATE UNIQUE INDEX entries_rev ON entries (collection, rev);
CREATE INDEX entries_heads ON entries (collection, lane, sequence) WHERE superseded IS NULL;

-- What a stored revision supersedes and the hub never had. The lane and the record stand in the key, so
-- that nobody can hide what is not theirs.
CREATE TABLE superseded (
    collection BLOB NOT NULL REFERENCES collections,
    rev BLOB NOT NULL CHECK (length(rev) = 32),
    lane BLOB NOT NULL CHECK (length(lane) = 16),
    record BLOB NOT NULL CHECK (length(record) = 16),
    PRIMARY KEY (collection, rev, lane, record)
) STRICT, WITHOUT ROWID;
