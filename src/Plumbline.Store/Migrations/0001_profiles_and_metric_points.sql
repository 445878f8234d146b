-- Exact counts per model x version x segment x feature x window. Recomputing a window replaces its rows (the newest computed_at stays).
CREATE TABLE IF NOT EXISTS profiles
(
    model_id UInt32,
    window_start DateTime('UTC'),
    window_end DateTime('UTC'),
    version LowCardinality(String),
    segment_key LowCardinality(String),
    segment_value String,
    feature LowCardinality(String),
    baseline UInt32,
    rows UInt64,
    present UInt64,
    missing UInt64,
    positive_infinity UInt64,
    negative_infinity UInt64,
    type_errors UInt64,
    out_of_range UInt64,
    minimum Float64,
    maximum Float64,
    sum Float64,
    sum_of_squares Float64,
    bins Array(UInt64),
    computed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(window_start)
ORDER BY (model_id, baseline, segment_key, segment_value, feature, window_start, version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Every computed number with its window, scope, sample size and interval.
CREATE TABLE IF NOT EXISTS metric_points
(
    model_id UInt32,
    window_seconds UInt32,
    metric LowCardinality(String),
    feature LowCardinality(String),
    class LowCardinality(String),
    segment LowCardinality(String),
    version LowCardinality(String),
    window_start DateTime('UTC'),
    window_end DateTime('UTC'),
    value Nullable(Float64),
    lower Nullable(Float64),
    upper Nullable(Float64),
    p_value Nullable(Float64),
    n UInt64,
    status Enum8('ok' = 0, 'insufficient_data' = 1, 'incomplete' = 2, 'undefined' = 3),
    computed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(window_start)
ORDER BY (model_id, window_seconds, metric, segment, version, feature, class, window_start)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
