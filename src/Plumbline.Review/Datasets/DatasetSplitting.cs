using System.Globalization;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>In which split a gathered row is, as an expression.</summary>
internal sealed class DatasetSplitting(IColumnStore store)
{
    private const double AsGoodAsAll = 1 - 1e-9;
    private const string Whole = "18446744073709551616.";

    /// <summary>The expression; its values are bound by the parameters.</summary>
    public async Task<SqlStatement> OfAsync(DatasetWork work, CancellationToken cancellation)
    {
        var split = work.Recipe.Split;
        var (first, second) = (split.Train, split.Train + split.Validation);
        if (split.By == SplitKind.Time)
            return await ByTimeAsync(work, first, second, cancellation);
        var key =
            split.By == SplitKind.Entity ? "if(entity = '', concat('id:', prediction_id), concat('entity:', entity))" : "prediction_id";
        return new SqlStatement(
            $"multiIf(sipHash64({key}, {{split_seed:UInt32}}, 'split') / {Whole} < {{first:Float64}}, 'train', "
                + $"sipHash64({key}, {{split_seed:UInt32}}, 'split') / {Whole} < {{second:Float64}}, 'validation', 'test')",
            new("split_seed", work.Recipe.Seed),
            new("first", first),
            new("second", second)
        );
    }

    // Rows of one time are in one split. The reference came before all of them.
    private async Task<SqlStatement> ByTimeAsync(DatasetWork work, double first, double second, CancellationToken cancellation)
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"""
                SELECT toInt64(quantileExact({Level(first)})(toUnixTimestamp64Milli(timestamp))),
                    toInt64(quantileExact({Level(second)})(toUnixTimestamp64Milli(timestamp)))
                FROM {work.Rows} WHERE part != 'reference' AND {work.Kept}
                """
            ),
            cancellation
        );
        rows.Read();
        var (firstMs, secondMs) = (rows.ReadInt64(), rows.ReadInt64());
        // The last row is behind no bound, unless nothing is to come after it.
        firstMs = first >= AsGoodAsAll ? long.MaxValue : firstMs;
        secondMs = second >= AsGoodAsAll ? long.MaxValue : secondMs;
        return new SqlStatement(
            "multiIf(part = 'reference' OR toUnixTimestamp64Milli(timestamp) < {first:Int64}, 'train', "
                + "toUnixTimestamp64Milli(timestamp) < {second:Int64}, 'validation', 'test')",
            new("first", firstMs),
            new("second", secondMs)
        );
    }

    // A parameter of a function is part of the statement: it is a number of our own writing.
    private static string Level(double share) => Math.Clamp(share, 0, 1).ToString("0.0########", CultureInfo.InvariantCulture);
}
