-- The days on which the hub ran, by its clock. A clock that jumps ahead leaves a gap, which says that what looks
-- old since may not be. Before this step the days on which something arrived stand for them.
CREATE TABLE days (
    day INTEGER PRIMARY KEY
) STRICT;

INSERT INTO days (day) SELECT DISTINCT day FROM entries;
