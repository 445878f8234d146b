-- What has no column per feature is one table for all models, its key led by the model: a table costs memory and a log of its blocks
-- (a file handle and a mebibyte of buffer) though nothing is in it, and five for each model ended the server at some hundred models.

-- Ground truth as it came.
CREATE TABLE IF NOT EXISTS ground_truth
(
    model_id UInt32, block UInt64, prediction_id String, id_hash UInt64, timestamp DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'),
    value String, value_number Float64 DEFAULT nan, source String
)
ENGINE = MergeTree ORDER BY (model_id, id_hash, timestamp)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Ground truth found for predictions, by the prediction's time.
CREATE TABLE IF NOT EXISTS matched
(
    model_id UInt32, timestamp DateTime64(3, 'UTC'), id_hash UInt64, prediction_id String, value String, value_number Float64 DEFAULT nan,
    labelled_at DateTime64(3, 'UTC'), source String
)
ENGINE = ReplacingMergeTree(labelled_at) PARTITION BY toYYYYMM(timestamp) ORDER BY (model_id, timestamp, id_hash, prediction_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Business signals.
CREATE TABLE IF NOT EXISTS signals
(
    model_id UInt32, block UInt64, name LowCardinality(String), timestamp DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'), value Float64,
    prediction_id String, version LowCardinality(String), segment String, signal_id String, id_hash UInt64,
    INDEX by_id id_hash TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (model_id, name, timestamp)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Business signals found for predictions, by the prediction's time; equal ones are kept once.
CREATE TABLE IF NOT EXISTS attributed
(
    model_id UInt32, timestamp DateTime64(3, 'UTC'), id_hash UInt64, prediction_id String, name LowCardinality(String),
    signal_at DateTime64(3, 'UTC'), value Float64, received_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(received_at) PARTITION BY toYYYYMM(timestamp)
ORDER BY (model_id, timestamp, id_hash, prediction_id, name, signal_at, value)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
