-- Which personal backups nobody uses, to know what is due without going through all.
CREATE INDEX backups_month ON backups (month);
