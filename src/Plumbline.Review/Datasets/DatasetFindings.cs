using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Tasks;
using Plumbline.Statistics.Distances;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>What somebody should know before a model learns from the rows: drift, leaks between splits, who answered.</summary>
internal sealed class DatasetFindings(IColumnStore store, ModelTables tables, IDbContextFactory<StateDbContext> state)
{
    private const int FeaturesAtOnce = 100;
    private const int MostExamples = 10;
    private const int IdsAtOnce = 1_000;

    /// <summary>How far each feature is from the reference, over its deciles or its most frequent values.</summary>
    public async Task<IReadOnlyList<CardDrift>> DriftAsync(DatasetWork work, CancellationToken cancellation)
    {
        if (work.Baseline is not { } baseline)
            return [];
        var reference = ModelTables.Reference(work.Model.Id, baseline.Generation);
        var stored = await tables.ColumnsAsync(reference, cancellation);
        var compared = work
            .Model.Features.Where(feature => stored.Contains(feature.Column))
            .Select(feature => (Feature: feature, Bins: baseline.Features.GetValueOrDefault(feature.Name)))
            .Where(pair => pair.Bins is { IsNearIdentifier: false })
            .ToList();
        var drift = new List<CardDrift>();
        foreach (var part in compared.Chunk(FeaturesAtOnce))
        {
            var parameters = new List<SqlParameter>();
            var counts = string.Join(", ", part.Select((pair, i) => Counts(pair.Feature, pair.Bins!, i, parameters)));
            var before = await CountsAsync($"SELECT {counts} FROM {reference}", parameters, part.Length, cancellation);
            var now = await CountsAsync($"SELECT {counts} FROM {work.Rows} WHERE {work.Kept}", parameters, part.Length, cancellation);
            for (var i = 0; i < part.Length; i++)
            {
                var psi = BinnedDistance.PopulationStability<ulong>(before[i], now[i], Smoothing.HalfCount).Value;
                drift.Add(new CardDrift(part[i].Feature.Name, psi is { } value && double.IsFinite(value) ? value : null));
            }
        }

        return [.. drift.OrderByDescending(one => one.Psi).ThenBy(one => one.Feature, StringComparer.Ordinal)];
    }

    /// <summary>What is in two splits.</summary>
    /// <param name="work">The rows.</param>
    /// <param name="split">The expression of a row's split.</param>
    /// <param name="by">What rows have in common, and which rows have it at all; expressions of ours.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<CardLeak> LeakAsync(
        DatasetWork work,
        SqlStatement split,
        (string Key, string Where) by,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"""
                SELECT count(), sum(n), arraySort(groupArray({MostExamples})(example))
                FROM (SELECT {by.Key} AS common, count() AS n, min(prediction_id) AS example
                    FROM (SELECT *, {split.Text} AS in_split FROM {work.Rows} WHERE {work.Kept} AND {by.Where})
                    GROUP BY common HAVING uniqExact(in_split) > 1 ORDER BY example)
                """,
                split.Parameters
            ),
            cancellation
        );
        return rows.Read()
            ? new CardLeak((long)rows.ReadUInt64(), (long)rows.ReadUInt64(), rows.ReadStringArray())
            : new CardLeak(0, 0, []);
    }

    /// <summary>Whose answers the reviewed rows have.</summary>
    public async Task<IReadOnlyList<CardAnnotator>> AnnotatorsAsync(DatasetWork work, CancellationToken cancellation)
    {
        var ids = new List<string>();
        using (
            var rows = await store.QueryAsync(
                new SqlStatement($"SELECT prediction_id FROM {work.Rows} WHERE part = 'reviewed' AND {work.Kept}"),
                cancellation
            )
        )
        {
            while (rows.Read())
                ids.Add(rows.ReadString());
        }

        var counts = new Dictionary<(string Name, bool IsRobot), long>();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var (tasks, answers) = (db.ReviewTasks, db.ReviewAnswers);
        foreach (var part in ids.Chunk(IdsAtOnce))
        {
            var said = await tasks
                .Where(task => task.ModelId == work.Model.Id && part.Contains(task.PredictionId))
                .Join(answers, task => task.Id, answer => answer.TaskId, (task, answer) => answer)
                .Where(answer => answer.WithdrawnAtMs == null && answer.Kind == (int)AnswerKind.Value)
                .GroupBy(answer => new { answer.Annotator, answer.IsRobot })
                .Select(group => new { group.Key, Count = group.Count() })
                .ToListAsync(cancellation);
            foreach (var one in said)
            {
                var key = (one.Key.Annotator, one.Key.IsRobot);
                counts[key] = counts.GetValueOrDefault(key) + one.Count;
            }
        }

        return
        [
            .. counts
                .Select(pair => new CardAnnotator(pair.Key.Name, pair.Key.IsRobot, pair.Value))
                .OrderByDescending(one => one.Answers)
                .ThenBy(one => one.Name, StringComparer.Ordinal),
        ];
    }

    private async Task<List<ulong[]>> CountsAsync(
        string text,
        IReadOnlyList<SqlParameter> parameters,
        int features,
        CancellationToken cancellation
    )
    {
        using var rows = await store.QueryAsync(new SqlStatement(text, parameters), cancellation);
        rows.Read();
        var counts = new List<ulong[]>(features);
        for (var i = 0; i < features; i++)
            counts.Add(rows.ReadUInt64Array());
        return counts;
    }

    // Bin 0 is of missing values; the same expression over the reference and over the rows.
    private static string Counts(FeatureDefinition feature, FeatureBaseline bins, int index, List<SqlParameter> parameters)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bins{index}");
        if (bins.IsNumeric)
        {
            double[] edges = [.. bins.DecileIndices.Select(i => bins.Edges[i])];
            parameters.Add(new SqlParameter(name, (double[])[.. edges, double.PositiveInfinity]));
            return $"countResample(0, {Number(edges.Length + 3)}, 1)(if(isNull({feature.Column}) OR isNaN({feature.Column}), 0, "
                + $"1 + arrayCount(edge -> edge <= {feature.Column}, {{{name}:Array(Float64)}})))";
        }

        parameters.Add(new SqlParameter(name, (string[])[.. bins.Categories, ""]));
        return $"countResample(0, {Number(bins.Categories.Length + 3)}, 1)(if(isNull({feature.Column}), 0, "
            + $"1 + indexOf({{{name}:Array(String)}}, assumeNotNull(toString({feature.Column})))))";
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
