namespace Plumbline.Store;

/// <summary>How the tables of a model are made, before the columns of its features.</summary>
internal static class ModelTableDefinitions
{
    private const string Columns = """
            block UInt64,
            prediction_id String,
            id_hash UInt64,
            timestamp DateTime64(3, 'UTC'),
            received_at DateTime64(3, 'UTC'),
            version LowCardinality(String),
            role LowCardinality(String),
            status LowCardinality(String),
            prediction String,
            prediction_value Float64 DEFAULT nan,
            score Float64 DEFAULT nan,
            confidence Float64 DEFAULT nan,
            entropy Float64 DEFAULT nan,
            probabilities Map(LowCardinality(String), Float64),
            latency_ms Float64 DEFAULT nan,
            error String,
            trace_id String,
            metadata String,
            raw Map(LowCardinality(String), String)
        """;

    // The spool forgets a block when the insert has returned: until then it must be on the disk, not in the system's cache.
    private const string Durable = "fsync_after_insert = 1, fsync_part_directory = 1";

    // There is one such table for each model: what the engine does for each from time to time adds up. No column has statistics.
    private const string Quiet = "refresh_statistics_interval = 0";

    // No log of inserted blocks: it takes a file handle and a mebibyte of buffer for each table. Who inserts a block a second time looks
    // first.
    public static string Predictions(string table) =>
        $"""
            CREATE TABLE IF NOT EXISTS {table}
            (
            {Columns},
                -- Finding one decision by its id must not read a month of hashes.
                INDEX by_id id_hash TYPE bloom_filter(0.01) GRANULARITY 1
            )
            ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (timestamp, id_hash)
            SETTINGS {Durable}, {Quiet}
            """;

    /// <summary>The rows of a reference.</summary>
    public static string Reference(string table) =>
        $"""
            CREATE TABLE {table}
            (
            {Columns},
                value String,
                value_number Float64 DEFAULT nan
            )
            ENGINE = MergeTree ORDER BY (timestamp, id_hash)
            """;
}
