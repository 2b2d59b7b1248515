-- What each lane of a programme takes up: content, and something for each row that stays for ever. Kept in every
-- transaction that stores or drops, so that a push knows whether there is room left.
CREATE TABLE held (
    collection BLOB NOT NULL REFERENCES collections,
    lane BLOB NOT NULL CHECK (length(lane) = 16),
    used INTEGER NOT NULL,
    PRIMARY KEY (collection, lane)
) STRICT, WITHOUT ROWID;

INSERT INTO held (collection, lane, used)
SELECT collection, lane, sum(bytes) FROM (
    SELECT collection, lane, 256 + coalesce(length(content), 0) AS bytes FROM entries
    UNION ALL SELECT collection, lane, 128 FROM superseded
)
WHERE collection NOT IN (SELECT collection FROM backups) GROUP BY collection, lane;
