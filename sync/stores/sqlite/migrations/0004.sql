-- Which bodies a content key opens, to know whether anybody still needs its packets.
CREATE INDEX entries_key ON entries (collection, key, day) WHERE kind = 1 AND content IS NOT NULL;
