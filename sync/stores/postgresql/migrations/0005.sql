-- What is due to go of personal backups, without going through all: chunks by the day since when no head names them,
-- backups by the month of their last use.
CREATE INDEX chunks_due ON chunks (unnamed) WHERE unnamed IS NOT NULL;
DROP INDEX chunks_unnamed;
CREATE INDEX backups_month ON backups (month);
