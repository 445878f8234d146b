using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Metrics;

/// <summary>A query is said twice, to the engine and to points that are not stored; both must select the same.</summary>
public sealed class MetricQueryTests(TestHost host)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_engine_selects_the_points_that_the_query_says_it_selects()
    {
        var model = host.Get<ModelCatalog>().Find(await host.CreateModelAsync(new { task = "binary" }))!;
        var points = (
            from metric in (string[])["drift.psi", "input.rows", "output.share"]
            from segment in (string[])["", "country=FR", "country=DE", "countrycode=FR", "plan=a"]
            from version in (string[])["", "v1", "v2"]
            from feature in (string[])["", "amount", "Amount", "é"]
            from hour in Enumerable.Range(0, 2)
            select new MetricPoint
            {
                Metric = metric,
                Segment = segment,
                Version = version,
                Feature = feature,
                WindowStart = Start.AddHours(hour),
                WindowEnd = Start.AddHours(hour + 1),
                Value = 1,
                N = 100,
                Status = MetricStatus.Ok,
            }
        ).ToList();
        var store = host.Get<MetricPointStore>();
        await store.WriteAsync(model.Id, points, TestContext.Current.CancellationToken);

        foreach (var query in Queries())
        {
            var stored = await store.ReadAsync(model, query, TestContext.Current.CancellationToken);
            var expected = points.Where(query.Selects).Order(MetricOrder.Instance).Select(Key).ToList();
            Assert.Equal(expected, stored.Select(Key));
        }

        static string Key(MetricPoint point) => $"{point.Metric}|{point.Segment}|{point.Version}|{point.Feature}|{point.WindowStart:HH}";
    }

    private static IEnumerable<MetricQuery> Queries() =>
        from metrics in (string[][])
            [
                ["drift.psi"],
                ["input.rows", "output.share", "no.such"],
            ]
        from segment in (string?[])[null, "", "country=FR", "country=*", "plan=*", "none"]
        from version in (string?[])[null, "", "v2"]
        from features in (string[]?[])[null, ["amount", "é"]]
        from after in (MetricCursor?[])
            [null, new("drift.psi", "country=FR", "v1", "amount", "", Start), new("output.share", "", "", "", "", Start)]
        select new MetricQuery
        {
            Metrics = metrics,
            Segment = segment,
            Version = version,
            Features = features,
            After = after,
            From = Start,
            To = Start.AddDays(1),
        };
}
