-- What a hub keeps. A day is the number of days since 1970-01-01 (UTC); the time of day is never kept.
-- Every key begins with the programme or the collection, so that the data can be spread by it (docs/scaling.md).

CREATE TABLE hub (
    one smallint PRIMARY KEY CHECK (one = 1),
    epoch bytea NOT NULL CHECK (octet_length(epoch) = 16),
    challenge_key bytea NOT NULL CHECK (octet_length(challenge_key) = 32)
);

-- `claim_hash` is the founding invite's. `founded` is the day, NULL until then.
CREATE TABLE programmes (
    programme bytea PRIMARY KEY CHECK (octet_length(programme) = 16),
    name text NOT NULL,
    practice boolean NOT NULL,
    claim_hash bytea NOT NULL CHECK (octet_length(claim_hash) = 32),
    expiry bigint NOT NULL,
    founded integer
);

-- Personal backups belong to no programme. Where the tables want one stands this row, which no request reaches.
INSERT INTO programmes (programme, name, practice, claim_hash, expiry)
VALUES (decode(repeat('00', 16), 'hex'), '', false, decode(repeat('00', 32), 'hex'), 0);

-- Cards, certificates and entries are kept as MessagePack, as they travel.
CREATE TABLE cards (
    programme bytea NOT NULL REFERENCES programmes,
    generation bigint NOT NULL,
    card bytea NOT NULL,
    PRIMARY KEY (programme, generation)
);

CREATE TABLE certificates (
    programme bytea NOT NULL REFERENCES programmes,
    device bytea NOT NULL CHECK (octet_length(device) = 16),
    n bigint NOT NULL,
    revoked boolean NOT NULL,
    certificate bytea NOT NULL,
    PRIMARY KEY (programme, device)
);

CREATE TABLE invites (
    programme bytea NOT NULL REFERENCES programmes,
    invite bytea NOT NULL CHECK (octet_length(invite) = 16),
    role text NOT NULL CHECK (role IN ('worker', 'coordinator')),
    lane bytea NOT NULL CHECK (octet_length(lane) = 16),
    claim_hash bytea NOT NULL CHECK (octet_length(claim_hash) = 32),
    expiry bigint NOT NULL,
    PRIMARY KEY (programme, invite)
);

CREATE TABLE enrolments (
    programme bytea NOT NULL,
    invite bytea NOT NULL,
    device bytea NOT NULL CHECK (octet_length(device) = 16),
    signing_key bytea NOT NULL,
    sealing_key bytea NOT NULL,
    mac bytea NOT NULL CHECK (octet_length(mac) = 32),
    day integer NOT NULL,
    PRIMARY KEY (programme, invite),
    FOREIGN KEY (programme, invite) REFERENCES invites
);

CREATE INDEX enrolments_device ON enrolments (programme, device);

-- A token names its device by its hash alone; the programme leads the key, as everywhere.
CREATE TABLE tokens (
    programme bytea NOT NULL REFERENCES programmes,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    device bytea NOT NULL CHECK (octet_length(device) = 16),
    provisional boolean NOT NULL,
    last_day integer NOT NULL,
    PRIMARY KEY (programme, hash)
);

CREATE UNIQUE INDEX tokens_hash ON tokens (hash);
CREATE INDEX tokens_device ON tokens (programme, device);

-- From here on all is of one collection, and whoever writes has locked the collection's row first: that orders
-- the feed, and stands for the foreign keys that the tables below do without.

-- `mark`: the first 8 bytes of the rev at `sequence`, so that who is up to date is known from this row alone.
CREATE TABLE collections (
    collection bytea PRIMARY KEY CHECK (octet_length(collection) = 16),
    programme bytea NOT NULL REFERENCES programmes,
    name text NOT NULL,
    sequence bigint NOT NULL DEFAULT 0,
    confirmed bigint NOT NULL DEFAULT 0,
    mark bytea NOT NULL DEFAULT decode(repeat('00', 8), 'hex') CHECK (octet_length(mark) = 8)
) WITH (fillfactor = 50);

-- Whose each content key is, and so whose lane its revisions are in. The first valid packet says it.
CREATE TABLE keys (
    collection bytea NOT NULL,
    key bytea NOT NULL CHECK (octet_length(key) = 16),
    owner bytea NOT NULL CHECK (octet_length(owner) = 16),
    lane bytea NOT NULL CHECK (octet_length(lane) = 16),
    PRIMARY KEY (collection, key)
);

-- The feed. `rev` is a revision's, or a packet's id. `superseded` is the day on which it was; the body can go
-- later, the row never does. `recipient`: of a packet that is understood.
CREATE TABLE entries (
    collection bytea NOT NULL,
    sequence bigint NOT NULL,
    day integer NOT NULL,
    superseded integer,
    kind smallint NOT NULL CHECK (kind IN (0, 1)),
    rev bytea NOT NULL CHECK (octet_length(rev) = 32),
    lane bytea NOT NULL CHECK (octet_length(lane) = 16),
    key bytea NOT NULL CHECK (octet_length(key) = 16),
    record bytea CHECK (octet_length(record) = 16),
    recipient bytea CHECK (octet_length(recipient) = 16),
    content bytea,
    PRIMARY KEY (collection, sequence)
);

-- Ciphertext does not get smaller: nothing is tried.
ALTER TABLE entries ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX entries_rev ON entries (collection, rev);
CREATE INDEX entries_heads ON entries (collection, lane, sequence) WHERE superseded IS NULL;
-- Which bodies a content key opens, to know whether anybody still needs its packets.
CREATE INDEX entries_key ON entries (collection, key, day) WHERE kind = 1 AND content IS NOT NULL;

-- What a stored revision supersedes and the hub never had. The lane and the record stand in the key, so
-- that nobody can hide what is not theirs.
CREATE TABLE superseded (
    collection bytea NOT NULL,
    rev bytea NOT NULL CHECK (octet_length(rev) = 32),
    lane bytea NOT NULL CHECK (octet_length(lane) = 16),
    record bytea NOT NULL CHECK (octet_length(record) = 16),
    PRIMARY KEY (collection, rev, lane, record)
);

-- `used`: bytes of heads and chunks, and something for each row that stays. `month` of the last use, counted
-- from 1970-01: of a person's own backup not even the day is kept.
CREATE TABLE backups (
    collection bytea PRIMARY KEY,
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    used bigint NOT NULL DEFAULT 0,
    month integer NOT NULL
);

CREATE UNIQUE INDEX backups_token ON backups (token_hash);

-- `unnamed`: the day since when no head names it; NULL while one does.
CREATE TABLE chunks (
    collection bytea NOT NULL,
    address bytea NOT NULL CHECK (octet_length(address) = 32),
    unnamed integer,
    content bytea NOT NULL,
    PRIMARY KEY (collection, address)
);

ALTER TABLE chunks ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE INDEX chunks_unnamed ON chunks (collection, unnamed) WHERE unnamed IS NOT NULL;

-- Which heads name which chunks.
CREATE TABLE naming (
    collection bytea NOT NULL,
    rev bytea NOT NULL CHECK (octet_length(rev) = 32),
    address bytea NOT NULL CHECK (octet_length(address) = 32),
    PRIMARY KEY (collection, rev, address)
);

CREATE INDEX naming_address ON naming (collection, address);

-- Counts that belong to nobody: how often readers found a page clear. No day, no device, nothing of who said it.
CREATE TABLE tallies (
    name text PRIMARY KEY,
    count bigint NOT NULL
);

-- The days on which the hub ran, by its clock. A clock that jumps ahead leaves a gap, which says that what looks
-- old since may not be.
CREATE TABLE days (
    day integer PRIMARY KEY
);
