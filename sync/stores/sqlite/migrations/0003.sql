-- Personal backups belong to no programme. Where the tables want one stands this row, which no request reaches.
INSERT INTO programmes (programme, name, practice, claim_hash, expiry)
VALUES (zeroblob(16), '', 0, zeroblob(32), 0);

-- `used`: bytes of heads and chunks, and something for each row that stays. `month` of the last use, counted
-- from 1970-01: of a person's own backup not even the day is kept.
CREATE TABLE backups (
    collection BLOB PRIMARY KEY REFERENCES collections,
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    used INTEGER NOT NULL DEFAULT 0,
    month INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX backups_token ON backups (token_hash);

-- `unnamed`: the day since when no head names it; NULL while one does. With a rowid, as `entries`.
CREATE TABLE chunks (
    collection BLOB NOT NULL REFERENCES collections,
    address BLOB NOT NULL CHECK (length(address) = 32),
    unnamed INTEGER,
    content BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX chunks_address ON chunks (collection, address);
CREATE INDEX chunks_unnamed ON chunks (unnamed) WHERE unnamed IS NOT NULL;

-- Which heads name which chunks.
CREATE TABLE naming (
    collection BLOB NOT NULL REFERENCES collections,
    rev BLOB NOT NULL CHECK (length(rev) = 32),
    address BLOB NOT NULL CHECK (length(address) = 32),
    PRIMARY KEY (collection, rev, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX naming_address ON naming (collection, address);
