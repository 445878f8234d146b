using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Monitoring.Metrics;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Metrics;

/// <summary>
/// A version that made all predictions of a window shares the numbers of all versions: computed once, stored once, read as two.
/// </summary>
public sealed class LoneVersionTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Only_a_version_with_all_rows_of_its_scope_shares_it()
    {
        var scopes = new Dictionary<ProfileScope, long>
        {
            [ProfileScope.All] = 10,
            [new("v1", "", "")] = 7,
            [new("v2", "", "")] = 3,
            [new("", "country", "FR")] = 7,
            [new("v1", "country", "FR")] = 7,
        };
        Assert.Equal(
            [
                (ProfileScope.All, 10, ""),
                (new("v1", "", ""), 7, ""),
                (new("v2", "", ""), 3, ""),
                (new ProfileScope("", "country", "FR"), 7L, "v1"),
            ],
            VersionScopes.Apart(scopes, rows => rows)
        );
    }

    [Fact]
    public async Task A_row_of_two_versions_is_read_as_a_point_of_each_and_the_newest_of_each_counts()
    {
        var model = host.Get<ModelCatalog>().Find(await host.CreateModelAsync(new { task = "binary" }))!;
        var store = host.Get<MetricPointStore>();
        // Hour 0: first apart, then together. Hour 1: first together, then apart. Hour 2: together only.
        await store.WriteAsync(model.Id, [Point(0, "", 1), Point(0, "v1", 2), Point(1, "", 3, "v1"), Point(2, "", 4, "v1")], Ct);
        await store.WriteAsync(model.Id, [Point(0, "", 5, "v1"), Point(1, "", 6), Point(1, "v1", 7), Point(1, "v2", 8)], Ct);

        (string?, double?[])[] expected = [(null, [5, 6, 4, 5, 7, 4, 8]), ("", [5, 6, 4]), ("v1", [5, 7, 4]), ("v2", [8])];
        foreach (var (version, values) in expected)
        {
            var read = await store.ReadAsync(model, Query(version), Ct);
            Assert.Equal(values, read.Select(point => point.Value));
            Assert.All(read, point => Assert.True(point.AlsoVersion is "" && (version is null || point.Version == version)));
        }

        // Paging goes on behind a version that has no row of its own.
        var rest = await store.ReadAsync(model, Query(null) with { After = new("input.rows", "", "v1", "", "", Start.AddHours(1)) }, Ct);
        Assert.Equal([("v1", 4d), ("v2", 8d)], rest.Select(point => (point.Version, point.Value!.Value)));
        Assert.Equal((15, 16, 8), (await SumAsync(model, ""), await SumAsync(model, "v1"), await SumAsync(model, "v2")));
    }

    [Fact]
    public async Task What_is_retired_of_a_row_of_two_versions_is_gone_of_both()
    {
        var model = host.Get<ModelCatalog>().Find(await host.CreateModelAsync(new { task = "binary" }))!;
        var store = host.Get<MetricPointStore>();
        await store.WriteAsync(model.Id, [Point(0, "", 1, "v1")], Ct);
        var before = await host.Get<Registry.Windows.GenerationClock>().NextAsync(Ct);
        await store.WriteAsync(model.Id, [Point(0, "", 2, "v2")], Ct);
        await store.RetireAsync(model.Id, TimeSpan.FromHours(1), [Start], before, Ct);
        Assert.Equal(
            [("", 2d), ("v1", null), ("v2", 2d)],
            (await store.ReadAsync(model, Query(null), Ct)).Select(point => (point.Version, point.Value))
        );
    }

    [Fact]
    public async Task A_second_version_that_comes_late_ends_the_sharing()
    {
        var name = await host.CreateModelAsync(new { task = "binary" });
        await host.PostAsync(name, "predictions", [.. Enumerable.Range(0, 40).Select(i => Row(i, "v1"))]);
        await host.WaitUntilComputedAsync(name);
        Assert.Equal((40, 40), (await RowsAsync(name, ""), await RowsAsync(name, "v1")));
        Assert.Equal(0, await StoredAsync(name, "v1"));

        await host.PostAsync(name, "predictions", [.. Enumerable.Range(40, 10).Select(i => Row(i, "v2"))]);
        await host.WaitUntilComputedAsync(name);
        Assert.Equal((50, 40, 10), (await RowsAsync(name, ""), await RowsAsync(name, "v1"), await RowsAsync(name, "v2")));
        Assert.NotEqual(0, await StoredAsync(name, "v1"));
    }

    private async Task<double> SumAsync(ModelDefinition model, string version)
    {
        var range = (Start, Start, Start.AddDays(1));
        var totals = await host.Get<MetricTotals>().ReadAsync(model, ["input.rows"], null, version, TimeSpan.FromHours(1), range, Ct);
        return Assert.Single(totals).Sum;
    }

    private async Task<double> RowsAsync(string model, string version)
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}/metrics?metric=input.rows&version={version}&from={Start:O}&to={Start.AddHours(1):O}".Replace(
                "+00:00",
                "Z",
                StringComparison.Ordinal
            ),
            Ct
        );
        return Assert.Single(answer.GetProperty("points").EnumerateArray()).GetProperty("value").GetDouble();
    }

    private async Task<long> StoredAsync(string name, string version)
    {
        var id = host.Get<ModelCatalog>().Find(name)!.Id;
        using var rows = await host.Get<IColumnStore>()
            .QueryAsync(
                new SqlStatement(
                    """
                    SELECT count() FROM metric_points
                    WHERE model_id = {model:UInt32} AND version = {version:String} AND metric = 'input.rows'
                    """,
                    new("model", id),
                    new("version", version)
                ),
                Ct
            );
        return rows.Read() ? (long)rows.ReadUInt64() : 0;
    }

    private static object Row(int i, string version) =>
        new
        {
            prediction_id = $"p{i}",
            version,
            timestamp = Start.AddMinutes(i % 50),
            prediction = $"{i % 2}",
            features = new { x = i },
        };

    private static MetricPoint Point(int hour, string version, double value, string also = "") =>
        new()
        {
            Metric = "input.rows",
            Version = version,
            AlsoVersion = also,
            WindowStart = Start.AddHours(hour),
            WindowEnd = Start.AddHours(hour + 1),
            Value = value,
            N = 100,
            Status = MetricStatus.Ok,
        };

    private static MetricQuery Query(string? version) =>
        new()
        {
            Metrics = ["input.rows"],
            Segment = "",
            Version = version,
            From = Start,
            To = Start.AddDays(1),
        };
}
