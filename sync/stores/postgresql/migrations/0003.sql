-- The heads of a lane by the first byte of their rev: how many, and the sum of their revs modulo 2^256. Kept in every
-- transaction that changes the heads, so that two hubs compare what they hold at the cost of 256 rows. Counted anew
-- from the heads after this step. No check that the count is not below zero: it is of the row that a conflict replaces.
CREATE TABLE buckets (
    collection bytea NOT NULL,
    lane bytea NOT NULL CHECK (octet_length(lane) = 16),
    bucket smallint NOT NULL CHECK (bucket BETWEEN 0 AND 255),
    count bigint NOT NULL,
    sum numeric(78, 0) NOT NULL,
    PRIMARY KEY (collection, lane, bucket)
) WITH (fillfactor = 70);
