-- To which folder this part belongs, and how young it is; the same is in spool.db and state.db. The newest row counts.
CREATE TABLE IF NOT EXISTS part_identity
(
    store_id String, generation UInt64, confirmed UInt64, version UInt64
)
ENGINE = ReplacingMergeTree(version) ORDER BY store_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
