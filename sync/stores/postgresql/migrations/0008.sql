-- How often what a push looks at was changed: who looked knows by it that nobody came between, and needs no lock
-- before they write.
ALTER TABLE collections ADD COLUMN turn bigint NOT NULL DEFAULT 0;
