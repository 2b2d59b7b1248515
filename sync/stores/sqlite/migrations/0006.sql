-- An invite may be a relay's. A check cannot be changed in its place, so both tables are written anew.
CREATE TABLE invites_new (
    programme BLOB NOT NULL REFERENCES programmes,
    invite BLOB NOT NULL CHECK (length(invite) = 16),
    role TEXT NOT NULL CHECK (role IN ('worker', 'coordinator', 'relay')),
    lane BLOB NOT NULL CHECK (length(lane) = 16),
    claim_hash BLOB NOT NULL CHECK (length(claim_hash) = 32),
    expiry INTEGER NOT NULL,
    PRIMARY KEY (programme, invite)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolments_new (
    programme BLOB NOT NULL,
    invite BLOB NOT NULL,
    device BLOB NOT NULL CHECK (length(device) = 16),
    signing_key BLOB NOT NULL,
    sealing_key BLOB NOT NULL,
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    day INTEGER NOT NULL,
    PRIMARY KEY (programme, invite),
    FOREIGN KEY (programme, invite) REFERENCES invites_new
) STRICT, WITHOUT ROWID;

INSERT INTO invites_new (programme, invite, role, lane, claim_hash, expiry)
SELECT programme, invite, role, lane, claim_hash, expiry FROM invites;
INSERT INTO enrolments_new (programme, invite, device, signing_key, sealing_key, mac, day)
SELECT programme, invite, device, signing_key, sealing_key, mac, day FROM enrolments;
DROP TABLE enrolments;
DROP TABLE invites;
ALTER TABLE invites_new RENAME TO invites;
ALTER TABLE enrolments_new RENAME TO enrolments;
CREATE INDEX enrolments_device ON enrolments (programme, device);
