using System.Globalization;

namespace Plumbline.Store.Engine;

/// <summary>The engine's settings that differ from its defaults, each with its reason.</summary>
internal sealed class EngineSettings
{
    internal EngineSettings(ColumnStoreOptions options)
    {
        var memory = options.MemoryLimitBytes.ToString(CultureInfo.InvariantCulture);
        var perStatement = ((long)(options.MemoryLimitBytes * options.StatementMemoryShare)).ToString(CultureInfo.InvariantCulture);
        ServerArguments =
        [
            $"--max_server_memory_usage={memory}",
            // Twenty looks a second at the memory of an idle process are nineteen too many.
            "--memory_worker_period_ms=1000",
            // For each table the engine asks whether there is something to merge, at first every tenth of a second, and becomes patient by
            // tenths: thousands of
            // idle tables kept two cores busy for minutes after a start. By halves it is patient after some seconds.
            "--background_processing_pool_task_sleep_seconds_when_no_work_multiplier=1.5",
            // A change of stored rows need not wait until merges of other tables leave most of the pool free: refused once, it is asked for
            // again only after
            // the pause above, which had grown to many seconds on a busy server.
            "--merge_tree.number_of_free_entries_in_pool_to_execute_mutation=0",
            // Nothing here is streamed.
            "--background_streaming_processing_pool_thread_sleep_seconds_if_nothing_to_do=600",
        ];
        string[] all =
        [
            $"SET max_memory_usage = {perStatement}",
            // The engine takes one thread less for each gibibyte that its memory limit lacks, and so ran on one; ours is small on purpose.
            string.Create(
                CultureInfo.InvariantCulture,
                $"SET max_threads = {Environment.ProcessorCount}, max_threads_min_free_memory_per_thread = 0, "
                    + $"max_insert_threads_min_free_memory_per_thread = 0"
            ),
            // Text in and out is UTC whatever the machine's zone.
            "SET session_timezone = 'UTC'",
            // Five thousand features are five thousand columns and expressions in one statement.
            "SET max_query_size = 67108864, max_ast_elements = 5000000, max_expanded_ast_elements = 20000000",
            // Every table is partitioned by a time that is part of its key: two versions of a row never lie in two partitions.
            "SET do_not_merge_across_partitions_select_final = 1",
            // Conditions on the key hold for all versions of a row: with FINAL too they are looked at before the other columns are read.
            "SET optimize_move_to_prewhere_if_final = 1",
            // An acknowledged insert is in the table, not in a buffer.
            "SET async_insert = 0",
        ];
        ForWriters =
        [
            .. all,
            // Imports of years of history touch many months in one block.
            "SET max_partitions_per_insert_block = 0",
            "SET insert_deduplicate = 1",
        ];
        ForReaders =
        [
            .. all,
            string.Create(CultureInfo.InvariantCulture, $"SET max_execution_time = {options.QueryTimeoutSeconds}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"SET max_result_bytes = {options.MaximumResultBytes}, result_overflow_mode = 'throw'"
            ),
            // 1 = no change of data and of settings, no files, no URLs. It must be the last one.
            "SET readonly = 1",
        ];
    }

    /// <summary>Arguments of the first connection, which starts the engine.</summary>
    internal IReadOnlyList<string> ServerArguments { get; }

    /// <summary>Statements for a connection that changes data.</summary>
    internal IReadOnlyList<string> ForWriters { get; }

    /// <summary>Statements for a connection that answers questions.</summary>
    internal IReadOnlyList<string> ForReaders { get; }
}
