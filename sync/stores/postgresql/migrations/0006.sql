-- What each lane of a programme takes up: content, and something for each row that stays for ever. Kept in every
-- transaction that stores or drops, so that a push knows whether there is room left.
CREATE TABLE held (
    collection bytea NOT NULL,
    lane bytea NOT NULL CHECK (octet_length(lane) = 16),
    used bigint NOT NULL,
    PRIMARY KEY (collection, lane)
) WITH (fillfactor = 50);

INSERT INTO held (collection, lane, used)
SELECT collection, lane, sum(bytes) FROM (
    SELECT collection, lane, 256 + coalesce(octet_length(content), 0) AS bytes FROM entries
    UNION ALL SELECT collection, lane, 128 FROM superseded
) AS every
WHERE collection NOT IN (SELECT collection FROM backups) GROUP BY collection, lane;
