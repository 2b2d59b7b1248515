-- From here on a revision may be kept without the bytes that stand in its row again (`contents.kept_of`); what is there
-- stays as it is. Nothing changes but the number of this step, so that an older program leaves the database alone.
COMMENT ON COLUMN entries.content IS 'MessagePack; of most revisions from the header of the body on';
