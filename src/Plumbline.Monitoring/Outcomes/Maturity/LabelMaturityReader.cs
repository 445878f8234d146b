using System.Collections.Concurrent;
using System.Globalization;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Distances;
using Plumbline.Statistics.Survival;
using Plumbline.Store;

namespace Plumbline.Monitoring.Outcomes.Maturity;

/// <summary>Learns from a range of predictions how long ground truth takes, and whether those that get it are like the others.</summary>
public sealed class LabelMaturityReader(IColumnStore store, ModelTables tables, SegmentValues segmentValues, TimeProvider time)
{
    /// <summary>Ground truths from which a delay can be learned.</summary>
    public const long FewestLabels = 100;

    /// <summary>Part of the ground truth that will come, from which on a window counts as mature.</summary>
    public const double MatureShare = 0.95;

    /// <summary>A difference of shares that matters; smaller ones are not told however sure they are.</summary>
    public const double SelectiveFloor = 0.1;

    private const double Level = 0.001;
    private const long FewestRows = 200;
    private const string Missing = "@missing";

    private static readonly TimeSpan LearnedFrom = TimeSpan.FromDays(30);
    private static readonly TimeSpan LearnedFor = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<int, (DateTimeOffset At, TimeSpan? Age)> _learned = new();

    // Hours; fine where delays are short, coarse where they are long.
    private static readonly double[] Ages =
    [
        1 / 60d,
        1 / 12d,
        0.25,
        0.5,
        1,
        2,
        3,
        4,
        6,
        8,
        12,
        18,
        24,
        36,
        48,
        72,
        96,
        120,
        168,
        240,
        336,
        504,
        720,
        1080,
        1440,
        2160,
    ];

    /// <summary>
    /// The age from which on a window is mature: the declared delay, else the learned one of the last 30 days, read at most every ten
    /// minutes; null when nothing is known.
    /// </summary>
    public async Task<TimeSpan?> MatureAgeAsync(ModelDefinition model, CancellationToken cancellation)
    {
        if (model.LabelDelay is { } declared)
            return declared;
        var now = time.GetUtcNow();
        if (_learned.TryGetValue(model.Id, out var known) && now - known.At < LearnedFor)
            return known.Age;
        var age = (await ReadAsync(model, now - LearnedFrom, now, cancellation)).MatureAge;
        _learned[model.Id] = (now, age);
        return age;
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId) => _learned.TryRemove(modelId, out _);

    /// <summary>Reads the predictions of [from, to).</summary>
    public async Task<LabelMaturity> ReadAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var (events, withdrawn) = await ReadAgesAsync(model, from, to, cancellation);
        // What came later than the longest age that is told apart is still being waited for at that age.
        var intervals = Ages.Select((age, i) => new AgeInterval(age, events[i], withdrawn[i]))
            .Append(new AgeInterval(Ages[^1] * 2, 0, events[^1] + withdrawn[^1]))
            .ToList();
        var coverage = LifeTable.Of(intervals);
        var maturity = new LabelMaturity
        {
            From = from,
            To = to,
            Predictions = events.Sum() + withdrawn.Sum(),
            Labelled = events.Sum(),
            Coverage = events.Sum() == 0 ? [] : [.. coverage.Take(Ages.Length).Where(point => point.AtRisk >= 1)],
            Selective = [],
        };
        return maturity.MatureAge is not { } age
            ? maturity
            : maturity with
            {
                Selective = await ReadSelectiveAsync(model, from, Earlier(to, time.GetUtcNow() - age), cancellation),
            };
    }

    private async Task<(long[] Events, long[] Withdrawn)> ReadAgesAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var (events, withdrawn) = (new long[Ages.Length + 1], new long[Ages.Length + 1]);
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT arrayCount(e -> e <= if(known, greatest(0, labelled_ms - at_ms), {now:Int64} - at_ms), {ages:Array(Int64)}) AS age,
                    countIf(known), countIf(NOT known)
                FROM (SELECT toUnixTimestamp64Milli(p.timestamp) AS at_ms, m.known AS known, m.labelled_ms AS labelled_ms
                FROM {{Joined(model)}})
                GROUP BY age
                """,
                new("from", from),
                new("to", to),
                new("now", time.GetUtcNow().ToUnixTimeMilliseconds()),
                new("ages", Ages.Select(age => (long)TimeSpan.FromHours(age).TotalMilliseconds))
            ),
            cancellation
        );
        while (rows.Read())
        {
            var age = (int)rows.ReadUInt32();
            (events[age], withdrawn[age]) = ((long)rows.ReadUInt64(), (long)rows.ReadUInt64());
        }

        return (events, withdrawn);
    }

    /// <summary>Compares mature rows with and without ground truth by segment, by the model's answer and by its score.</summary>
    private async Task<IReadOnlyList<SelectiveLabels>> ReadSelectiveAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        if (to <= from)
            return [];
        var grouping = new ScopeGrouping(model, await segmentValues.KnownAsync(model, cancellation));
        List<(string Name, string Sql)> sides =
        [
            .. model.Segments.Select((segment, i) => (segment, string.Create(CultureInfo.InvariantCulture, $"ifNull(s{i}, '{Missing}')"))),
        ];
        if (model.Task != ModelTask.Regression)
        {
            sides.AddRange([
                ("prediction", "prediction"),
                ("score", "if(isFinite(score), toString(least(9, toUInt8(greatest(0, score) * 10))), '')"),
            ]);
        }

        if (sides.Count == 0)
            return [];
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT side.1 AS by, side.2 AS value, countIf(known) AS labelled, countIf(NOT known) AS unlabelled
                FROM (SELECT m.known AS known, p.prediction AS prediction, p.score AS score{{grouping.Names}}
                FROM {{Joined(model, grouping.Columns)}})
                ARRAY JOIN [{{string.Join(
                    ", ",
                    sides.Select((side, i) => string.Create(CultureInfo.InvariantCulture, $"({i}, toString({side.Sql}))"))
                )}}] AS side
                GROUP BY by, value ORDER BY by, value
                """,
                [
                    new("from", from),
                    new("to", to),
                    .. grouping.Parameters.Where(parameter => parameter.Name.StartsWith("known", StringComparison.Ordinal)),
                ]
            ),
            cancellation
        );
        var counts = new List<(int By, string Value, long Labelled, long Unlabelled)>();
        while (rows.Read())
            counts.Add((rows.ReadByte(), rows.ReadString(), (long)rows.ReadUInt64(), (long)rows.ReadUInt64()));
        return
        [
            .. counts
                .GroupBy(count => count.By)
                .Select(group => Compare(sides[group.Key].Name, [.. group]))
                .OfType<SelectiveLabels>()
                .Where(found => found.PValue < Level / sides.Count)
                .OrderByDescending(found => found.TotalVariation),
        ];
    }

    private static SelectiveLabels? Compare(string by, IReadOnlyList<(int By, string Value, long Labelled, long Unlabelled)> counts)
    {
        double labelled = counts.Sum(count => count.Labelled),
            unlabelled = counts.Sum(count => count.Unlabelled);
        if (labelled < FewestRows || unlabelled < FewestRows || counts.Count < 2)
            return null;
        var variation = counts.Sum(count => Math.Abs((count.Labelled / labelled) - (count.Unlabelled / unlabelled))) / 2;
        if (variation < SelectiveFloor)
            return null;
        var most = counts.MaxBy(count => Math.Abs((count.Labelled / labelled) - (count.Unlabelled / unlabelled)));
        var test = Homogeneity.ChiSquare<long>([.. counts.Select(count => count.Labelled)], [.. counts.Select(count => count.Unlabelled)]);
        return new SelectiveLabels(by, variation, test.PValue, most.Value, most.Labelled / labelled, most.Unlabelled / unlabelled);
    }

    private static string Joined(ModelDefinition model, string more = "") =>
        $$"""
            (SELECT id_hash, prediction_id, timestamp, prediction, score{{more}} FROM {{ModelTables.Predictions(model.Id)}}
             WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')} AND role = 'primary'
                 AND status = 'ok') AS p
            LEFT JOIN (SELECT id_hash, prediction_id, toBool(1) AS known, toUnixTimestamp64Milli(labelled_at) AS labelled_ms
            FROM {{ModelTables.Matched(model.Id)}}
             WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}) AS m ON p.id_hash = m.id_hash
                 AND p.prediction_id = m.prediction_id
            """;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
