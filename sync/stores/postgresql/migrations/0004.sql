-- Up to which number the sweep has gone through a collection: bodies that went with their time, and packets that open
-- nothing any more. So an hour's sweep costs what is due in that hour, whatever there is.
ALTER TABLE collections ADD COLUMN bodies_swept bigint NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN packets_swept bigint NOT NULL DEFAULT 0;

-- The packets of a content key; and what was superseded and has its body still: a month's worth.
CREATE INDEX entries_packets ON entries (collection, key) WHERE kind = 0 AND content IS NOT NULL;
CREATE INDEX entries_superseded ON entries (superseded) WHERE superseded IS NOT NULL AND content IS NOT NULL;
