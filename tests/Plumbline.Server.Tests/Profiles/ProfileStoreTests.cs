using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Binning;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Profiles;

/// <summary>The engine's profiles against the same counted by hand.</summary>
public sealed class ProfileStoreTests(TestHost host)
{
    private const int Hours = 5;
    private static readonly DateTimeOffset Start = RandomPredictions.Start;
    private static readonly DateTimeOffset[] Windows = [.. Enumerable.Range(0, Hours).Select(hour => Start.AddHours(hour))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ProfileStore Profiles => host.Get<ProfileStore>();

    private async Task<ModelDefinition> ModelAsync()
    {
        var name = await host.CreateModelAsync(RandomPredictions.Specification, "profiles");
        var model = host.Get<ModelCatalog>().Find(name)!;
        await host.Get<ModelTables>().EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], Ct);
        return model;
    }

    private Task StoreAsync(ModelDefinition model, IReadOnlyList<Row> rows) =>
        RandomPredictions.StoreAsync(host.Get<IColumnStore>(), model, ModelTables.Predictions(model.Id), rows, Ct);

    private Task<Baseline?> ReferenceAsync(ModelDefinition model, IReadOnlyList<Row> rows) =>
        host.Get<BaselineCatalog>()
            .ReplaceAsync(
                model.Id,
                declared: true,
                "v0",
                (current, table, ct) => RandomPredictions.StoreAsync(host.Get<IColumnStore>(), current, table, rows, ct),
                Ct
            );

    private static IEnumerable<Cell> Cells(ModelDefinition model, string feature, IEnumerable<Row> rows) =>
        feature switch
        {
            PseudoFeatures.Prediction => rows.Select(row => new Cell(Text: row.Prediction.Length == 0 ? null : row.Prediction)),
            PseudoFeatures.Score => rows.Select(row => new Cell(row.Score)),
            PseudoFeatures.Confidence => rows.Select(row => new Cell(Math.Max(row.Score, 1 - row.Score))),
            PseudoFeatures.Entropy => rows.Select(_ => new Cell()),
            PseudoFeatures.LatencyMs => rows.Select(row => new Cell(row.LatencyMs)),
            PseudoFeatures.Status => rows.Select(row => new Cell(Text: row.Status)),
            _ => rows.Select(row => row.Cells[model.FindFeature(feature)!.Ordinal]),
        };

    private static FeatureProfile Expected(
        ModelDefinition model,
        Baseline? baseline,
        IReadOnlyList<Row> reference,
        FeatureProfile shape,
        IReadOnlyList<Row> rows
    )
    {
        var cells = Cells(model, shape.Feature, rows);
        var known = baseline?.Features.GetValueOrDefault(shape.Feature);
        var isNumeric =
            shape.Feature is PseudoFeatures.Score or PseudoFeatures.Confidence or PseudoFeatures.Entropy or PseudoFeatures.LatencyMs
            || model.FindFeature(shape.Feature)?.Type == FeatureType.Numeric;
        if (isNumeric)
        {
            var edges = PseudoFeatures.FixedEdges(shape.Feature) ?? (known is null ? null : (IReadOnlyList<double>)known.Edges);
            return ProfileOracle.Numeric(shape, cells, edges, known?.Profile.Minimum ?? double.NaN, known?.Profile.Maximum ?? double.NaN);
        }
        var values = Cells(model, shape.Feature, reference)
            .Where(cell => cell.Text is not null)
            .Select(cell => cell.Text!)
            .ToHashSet(StringComparer.Ordinal);
        // Without a baseline the model's classes are the bins of the predicted class.
        if (shape.Feature == PseudoFeatures.Prediction && baseline is null)
        {
            return ProfileOracle.Categorical(shape, cells, null, values) with
            {
                Bins = [.. model.Classes.Select(name => (ulong)rows.Count(row => row.Prediction == name))],
            };
        }

        if (shape.Feature != PseudoFeatures.Status)
            return ProfileOracle.Categorical(shape, cells, known, values);
        var statuses = PseudoFeatures.Statuses.Select(status => (ulong)rows.Count(row => row.Status == status)).ToArray();
        return ProfileOracle.Categorical(shape, cells, null, values) with { Bins = statuses };
    }

    /// <summary>Every scope of a window that the rows touch, with its rows.</summary>
    private static IEnumerable<(DateTimeOffset Window, ProfileScope Scope, Row[] Rows)> Groups(IEnumerable<Row> rows)
    {
        foreach (
            var group in rows.Where(row => row.Role == "primary")
                .GroupBy(row =>
                    (
                        Window: new DateTimeOffset(
                            row.Timestamp.Year,
                            row.Timestamp.Month,
                            row.Timestamp.Day,
                            row.Timestamp.Hour,
                            0,
                            0,
                            TimeSpan.Zero
                        ),
                        row.Version
                    )
                )
        )
        {
            yield return (group.Key.Window, new ProfileScope(group.Key.Version, "", ""), [.. group]);
            foreach (var segment in group.GroupBy(row => row.Cells[2].IsWrongType || row.Segment is null ? "@missing" : row.Segment))
                yield return (group.Key.Window, new ProfileScope(group.Key.Version, "country", segment.Key), [.. segment]);
        }
    }

    private static void AssertAll(
        ModelDefinition model,
        Baseline? baseline,
        IReadOnlyList<Row> reference,
        IReadOnlyList<Row> rows,
        IReadOnlyList<FeatureProfile> actual
    )
    {
        var stored = actual.ToDictionary(profile => (profile.WindowStart, profile.Scope, profile.Feature));
        var count = 0;
        foreach (var (window, scope, members) in Groups(rows))
        {
            foreach (
                var feature in model
                    .Features.Select(feature => feature.Name)
                    .Concat([
                        PseudoFeatures.Prediction,
                        PseudoFeatures.Score,
                        PseudoFeatures.Confidence,
                        PseudoFeatures.Entropy,
                        PseudoFeatures.LatencyMs,
                        PseudoFeatures.Status,
                    ])
            )
            {
                Assert.True(stored.TryGetValue((window, scope, feature), out var profile), $"{window} {scope} {feature} is not stored");
                Assert.Equal(window + model.Window, profile.WindowEnd);
                ProfileOracle.AssertSame(Expected(model, baseline, reference, profile, members), profile);
                count++;
            }
        }
        Assert.Equal(count, actual.Count);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Stored_profiles_are_what_one_counts_by_hand(int seed)
    {
        var model = await ModelAsync();
        var random = new RandomPredictions(seed);
        var reference = random.Rows(1500, 24);
        var rows = random.Rows(1200, Hours, shift: 0.5);
        await StoreAsync(model, rows);
        var baseline = await ReferenceAsync(model, reference);
        await Profiles.ComputeAsync(model, Windows, Ct);
        AssertAll(model, baseline, reference, rows, await Profiles.ReadAsync(model, Start, Start.AddHours(Hours), new ProfileQuery(), Ct));
        AssertAll(
            model,
            baseline,
            reference,
            [.. rows.Where(row => row.Timestamp < Start.AddHours(1))],
            await Profiles.ComputeLiveAsync(model, Start, Start.AddHours(1), Ct)
        );
    }

    [Fact]
    public async Task The_baseline_has_the_references_quantiles_counts_and_moments()
    {
        var model = await ModelAsync();
        var reference = new RandomPredictions(9).Rows(2000, 24);
        var baseline = (await ReferenceAsync(model, reference))!;
        Assert.Equal((2000, 1, true, "v0"), (baseline.Rows, baseline.Generation, baseline.Declared, baseline.Version));

        var amount = baseline.Features["amount"];
        var values = reference
            .Select(row => row.Cells[0])
            .Where(cell => !cell.IsWrongType && cell.Number is { } number && double.IsFinite(number))
            .Select(cell => cell.Number!.Value)
            .Order()
            .ToList();
        var quantiles = PercentileEdges.Levels.Select(level => ProfileOracle.Quantile(values, level)).ToList();
        // A value that two of them share has a bin of its own, which ends at the next number.
        var ends = quantiles.Zip(quantiles.Skip(1)).Where(pair => pair.First == pair.Second).Select(pair => Math.BitIncrement(pair.First));
        var edges = quantiles.Concat(ends).Distinct().Order().ToList();
        Assert.Equal(edges.Count, amount.Edges.Length);
        Assert.All(edges.Zip(amount.Edges), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(values.Average(), amount.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2))), amount.StandardDeviation, 1e-12);
        Assert.Equal((values[0], values[^1], 0), (amount.Profile.Minimum, amount.Profile.Maximum, amount.Profile.OutOfRange));
        foreach (var (name, feature) in baseline.Features)
            ProfileOracle.AssertSame(Expected(model, baseline, reference, feature.Profile, reference), feature.Profile);

        var products = reference
            .Select(row => row.Cells[5].Text!)
            .GroupBy(text => text)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        Assert.Equal(products.Take(50).Select(group => group.Key), baseline.Features["product"].Categories);
        Assert.Equal(products.Skip(50).Sum(group => group.Count()), (long)baseline.Features["product"].Profile.Bins[50]);
        Assert.DoesNotContain("subject", baseline.Features.Keys);
        // Durable: what is read back is the same.
        var text = BaselineJson.Write(baseline);
        Assert.Equal(text, BaselineJson.Write(BaselineJson.Read(text, "m")));
    }

    [Fact]
    public async Task Without_a_reference_moments_and_fixed_bins_are_counted()
    {
        var model = await ModelAsync();
        var rows = new RandomPredictions(5).Rows(300, Hours);
        await StoreAsync(model, rows);
        await Profiles.ComputeAsync(model, Windows, Ct);
        AssertAll(model, null, [], rows, await Profiles.ReadAsync(model, Start, Start.AddHours(Hours), new ProfileQuery(), Ct));
    }

    [Fact]
    public async Task Computing_again_changes_nothing_and_late_rows_are_added()
    {
        var model = await ModelAsync();
        var random = new RandomPredictions(6);
        var reference = random.Rows(800, 24);
        var (rows, late) = (random.Rows(500, Hours), random.Rows(80, 1, shift: 2));
        await StoreAsync(model, rows);
        var baseline = await ReferenceAsync(model, reference);
        await Profiles.ComputeAsync(model, Windows, Ct);
        await Profiles.ComputeAsync(model, [Windows[3], Windows[0]], Ct);
        AssertAll(model, baseline, reference, rows, await Profiles.ReadAsync(model, Start, Start.AddHours(Hours), new ProfileQuery(), Ct));
        await StoreAsync(model, late);
        await Profiles.ComputeAsync(model, [Windows[0]], Ct);
        AssertAll(
            model,
            baseline,
            reference,
            [.. rows, .. late],
            await Profiles.ReadAsync(model, Start, Start.AddHours(Hours), new ProfileQuery(), Ct)
        );
    }

    [Fact]
    public async Task Merged_windows_are_the_counts_over_the_whole_time()
    {
        var model = await ModelAsync();
        var random = new RandomPredictions(7);
        var reference = random.Rows(900, 24);
        var rows = random.Rows(1000, Hours, shift: 1);
        await StoreAsync(model, rows);
        var baseline = await ReferenceAsync(model, reference);
        await Profiles.ComputeAsync(model, Windows, Ct);
        var merged = await Profiles.ReadMergedAsync(model, Start, Start.AddHours(Hours), new ProfileQuery { SegmentKey = "" }, Ct);
        foreach (var profile in merged)
        {
            Assert.Equal((Start, Start.AddHours(Hours)), (profile.WindowStart, profile.WindowEnd));
            ProfileOracle.AssertSame(
                Expected(
                    model,
                    baseline,
                    reference,
                    profile,
                    [.. rows.Where(row => row.Role == "primary" && row.Version == profile.Scope.Version)]
                ),
                profile
            );
        }
        Assert.Equal(2 * 12, merged.Count);
        var one = await Profiles.ReadAsync(
            model,
            Start,
            Start.AddHours(Hours),
            new ProfileQuery
            {
                Features = ["amount"],
                SegmentKey = "country",
                SegmentValue = "FR",
                Version = "v1",
            },
            Ct
        );
        Assert.All(one, profile => Assert.Equal(("amount", new ProfileScope("v1", "country", "FR")), (profile.Feature, profile.Scope)));
        Assert.Equal(Hours, one.Count);
        // Adding in C# and adding in the engine agree.
        var added = one.Aggregate((a, b) => a.Add(b));
        var summed = Assert.Single(
            await Profiles.ReadMergedAsync(
                model,
                Start,
                Start.AddHours(Hours),
                new ProfileQuery
                {
                    Features = ["amount"],
                    SegmentKey = "country",
                    SegmentValue = "FR",
                    Version = "v1",
                },
                Ct
            )
        );
        ProfileOracle.AssertSame(added, summed);
    }

    [Fact]
    public async Task A_dimension_tells_fifty_values_apart_and_never_takes_one_back()
    {
        var model = await ModelAsync();
        var rows = Enumerable
            .Range(0, 70)
            .SelectMany(i => Enumerable.Range(0, 71 - i).Select(_ => i))
            .Select(i => new Row(
                Start.AddMinutes(1),
                "v1",
                "primary",
                "ok",
                "1",
                0.5,
                1,
                $"c{i:00}",
                [new(1), new(1), new(Text: $"c{i:00}"), new(Text: "true"), new(), new(Text: "p")]
            ))
            .ToArray();
        await StoreAsync(model, rows);
        await Profiles.ComputeAsync(model, [Start], Ct);
        var query = new ProfileQuery { Features = ["amount"], SegmentKey = "country" };
        var stored = await Profiles.ReadAsync(model, Start, Start.AddHours(1), query, Ct);
        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => $"c{i:00}").Append("@other").Order(StringComparer.Ordinal),
            stored.Select(profile => profile.Scope.SegmentValue).Order(StringComparer.Ordinal)
        );
        Assert.Equal(rows.Length, stored.Sum(profile => profile.Rows));
        await StoreAsync(model, [.. Enumerable.Repeat(rows[^1], 500)]);
        await Profiles.ComputeAsync(model, [Start], Ct);
        Assert.Equal(51, (await Profiles.ReadAsync(model, Start, Start.AddHours(1), query, Ct)).Count);
    }

    [Fact]
    public async Task Features_of_several_statements_are_profiled_on_their_bins()
    {
        // 5,000 go the same way; the engine's analysis alone would make that a test of minutes.
        const int Count = 250;
        var name = await host.CreateModelAsync(new { task = "regression" }, "wide");
        var model = await host.Get<ModelCatalog>()
            .EnsureFeaturesAsync(
                host.Get<ModelCatalog>().Find(name)!.Id,
                [.. Enumerable.Range(0, Count).Select(i => ($"x{i}", i % 5 == 4 ? FeatureType.Categorical : FeatureType.Numeric))],
                provisional: false,
                Ct
            );
        await host.Get<ModelTables>().EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], Ct);
        async Task Fill(string table, int shift)
        {
            using var buffer = new RowBinaryBuffer();
            for (var row = 0; row < 20; row++)
            {
                buffer.WriteString($"{row}");
                buffer.WriteDateTime64Ms(Start.ToUnixTimeMilliseconds());
                buffer.WriteString("primary");
                foreach (var feature in model.Features)
                {
                    if (feature.Type == FeatureType.Numeric)
                        buffer.WriteDouble(row + feature.Ordinal + shift);
                    else
                        buffer.WriteNullableString(row < 15 ? $"v{row % 3 + shift}" : null);
                }
            }
            await host.Get<IColumnStore>()
                .InsertAsync(
                    table,
                    ["prediction_id", "timestamp", "role", .. model.Features.Select(feature => feature.Column)],
                    buffer.Written,
                    null,
                    Ct
                );
        }
        await host.Get<BaselineCatalog>().ReplaceAsync(model.Id, declared: true, null, (_, table, _) => Fill(table, 0), Ct);
        await Fill(ModelTables.Predictions(model.Id), 1);
        await Profiles.ComputeAsync(model, [Start], Ct);
        var stored = await Profiles.ReadAsync(model, Start, Start.AddHours(1), new ProfileQuery(), Ct);
        Assert.Equal(Count + 3, stored.Count);
        var numeric = stored.Single(profile => profile.Feature == "x248");
        Assert.Equal(
            (20, 1, 50, 20UL),
            (numeric.Present, numeric.OutOfRange, numeric.Bins.Length, numeric.Bins.Aggregate((a, b) => a + b))
        );
        // Reference v0, v1, v2; now v1, v2, v3: the third is unseen.
        var categorical = stored.Single(profile => profile.Feature == "x249");
        Assert.Equal((15, 5), (categorical.Present, categorical.Missing));
        Assert.Equal([0UL, 5, 5, 0, 5], categorical.Bins);
    }
}
