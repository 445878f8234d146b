using Plumbline.Registry.Models;
using Plumbline.Review.Policies;
using Plumbline.Store;

namespace Plumbline.Review.Drawing;

/// <summary>What a policy would have chosen, and how much of it turned out wrong where that is known.</summary>
/// <param name="Draw">What it would have chosen, whether ground truth is known or not.</param>
/// <param name="Labelled">Chosen predictions with ground truth.</param>
/// <param name="Wrong">Those of them that were wrong; of numbers, whose error is among the largest tenth of the stretch.</param>
/// <param name="PoolLabelled">Predictions with ground truth among all that could be chosen.</param>
/// <param name="PoolWrong">Those of them that were wrong.</param>
public sealed record DrawReport(Draw Draw, int Labelled, int Wrong, long PoolLabelled, long PoolWrong)
{
    /// <summary>
    /// How many times as many errors it finds as the same number of predictions chosen by chance; null where that is not known.
    /// </summary>
    public double? Lift => Labelled > 0 && PoolWrong > 0 ? (double)Wrong / Labelled / ((double)PoolWrong / PoolLabelled) : null;
}

/// <summary>Draws without making tasks.</summary>
public sealed class DrawPreview(PolicyDraw draws, IColumnStore store)
{
    /// <summary>What a policy would have chosen from [from, to).</summary>
    public async Task<DrawReport> PreviewAsync(
        ModelDefinition model,
        (int Id, ReviewPolicy Policy) stored,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        // Where ground truth has come since, the policy would not have known it then.
        var policy = stored.Policy with
        {
            OnlyUnlabelled = false,
        };
        var draw = await draws.DrawAsync(model, (stored.Id, policy), from, to, cancellation);
        var pool = await draws.PoolAsync(model, policy, from, to, cancellation);
        var source = $$"""
            SELECT p.prediction_id AS id, {{(
                model.Task == ModelTask.Regression ? "abs(p.answered_number - m.value_number)" : "toFloat64(p.answer != m.value)"
            )}} AS loss
            FROM ({{pool.Text}}) AS p
            INNER JOIN (SELECT id_hash, prediction_id, value, value_number FROM {{ModelTables.Matched(model.Id)}}
                WHERE timestamp >= {pool_from:DateTime64(3, 'UTC')} AND timestamp < {pool_to:DateTime64(3, 'UTC')}) AS m
                ON p.id_hash = m.id_hash AND p.prediction_id = m.prediction_id
            """;
        var limit = await LimitAsync(model, source, pool.Parameters, cancellation);
        var (labelled, wrong) = await CountAsync(source, limit, [.. pool.Parameters], cancellation);
        var rights = new Dictionary<string, bool>(StringComparer.Ordinal);
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $"SELECT id, loss < {{limit:Float64}} FROM ({source}) WHERE id IN (SELECT arrayJoin({{ids:Array(String)}}))",
                [.. pool.Parameters, new("limit", limit), new("ids", draw.Rows.Select(row => row.PredictionId).ToArray())]
            ),
            cancellation
        );
        while (rows.Read())
            rights[rows.ReadString()] = rows.ReadByte() != 0;
        List<DrawnRow> told =
        [
            .. draw.Rows.Select(row => rights.TryGetValue(row.PredictionId, out var right) ? row with { IsRight = right } : row),
        ];
        return new DrawReport(
            draw with
            {
                Rows = told,
            },
            told.Count(row => row.IsRight is not null),
            told.Count(row => row.IsRight == false),
            labelled,
            wrong
        );
    }

    // From which loss on an answer is wrong.
    private async Task<double> LimitAsync(
        ModelDefinition model,
        string source,
        IReadOnlyList<SqlParameter> parameters,
        CancellationToken cancellation
    )
    {
        if (model.Task != ModelTask.Regression)
            return 0.5;
        using var rows = await store.QueryAsync(
            new SqlStatement($"SELECT quantileExact(0.9)(loss) FROM ({source}) WHERE isFinite(loss)", parameters),
            cancellation
        );
        return rows.Read() ? rows.ReadDouble() : double.NaN;
    }

    private async Task<(long Labelled, long Wrong)> CountAsync(
        string source,
        double limit,
        List<SqlParameter> parameters,
        CancellationToken cancellation
    )
    {
        parameters.Add(new("limit", limit));
        using var rows = await store.QueryAsync(
            new SqlStatement($"SELECT count(), countIf(loss >= {{limit:Float64}}) FROM ({source})", parameters),
            cancellation
        );
        return rows.Read() ? ((long)rows.ReadUInt64(), (long)rows.ReadUInt64()) : (0, 0);
    }
}
