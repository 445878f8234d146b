using Microsoft.Extensions.DependencyInjection;
using Plumbline.Alerting.Evaluation;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;

namespace Plumbline.Browser.Tests;

/// <summary>
/// Models with a week of metric points, written as the window pass would write them: smooth functions of the hour, no
/// randomness. Names hold what pages must survive: markup, long words, other scripts.
/// </summary>
public static class SeededModels
{
    public const string Router = "ticket-router";
    public const string Price = "house-price";
    public const int Hours = 7 * 24;
    private static readonly string[] Classes = ["billing", "technical", "<b>sales</b>", "other"];
    private static readonly string[] Features =
    [
        "income",
        "age",
        "country",
        "<script>alert(1)</script>",
        "a_feature_with_an_uncommonly_long_name_that_does_not_break_anywhere_at_all",
        "\u5e74\u9f62",
        "education",
        "hours",
    ];

    public static async Task SeedAsync(IServiceProvider services)
    {
        var models = services.GetRequiredService<ModelCatalog>();
        var points = services.GetRequiredService<MetricPointStore>();
        var end = Hour(services.GetRequiredService<TimeProvider>().GetUtcNow()).AddHours(-2);
        var features = Features.ToDictionary(
            name => name,
            name => new FeatureSpecification { Type = name is "country" or "education" ? "categorical" : "numeric" },
            StringComparer.Ordinal
        );
        var router = await CreateAsync(
            models,
            Router,
            new ModelSpecification
            {
                Task = "multiclass",
                Classes = Classes,
                Features = features,
                Segments = ["country"],
                Cost = Prices(),
                Signals = new Dictionary<string, SignalSpecification>(StringComparer.Ordinal)
                {
                    ["click"] = new() { Kind = "rate", Good = "up" },
                },
            }
        );
        await points.WriteAsync(
            router.Id,
            [.. Windows(end).SelectMany(window => Router_(window.At, window.Start, window.End))],
            CancellationToken.None
        );
        var price = await CreateAsync(models, Price, new ModelSpecification { Task = "regression", Features = features });
        await points.WriteAsync(
            price.Id,
            [.. Windows(end).SelectMany(window => Price_(window.At, window.Start, window.End))],
            CancellationToken.None
        );
        // As the writer does when it first hears of them.
        await models.EnsureVersionsAsync(router.Id, ["v6", "v7"], CancellationToken.None);
        // Incidents as the server itself finds them in these points, before anybody looks.
        await services.GetRequiredService<RuleEvaluation>().EvaluateAsync(router, CancellationToken.None);
        await CreateAsync(models, "no-traffic-yet", new ModelSpecification { Task = "binary" });
    }

    private static async Task<ModelDefinition> CreateAsync(ModelCatalog models, string name, ModelSpecification specification)
    {
        var (definition, _, errors) = await models.PutAsync(name, specification, CancellationToken.None);
        Assert.True(definition is not null, string.Join("; ", errors));
        return definition;
    }

    /// <summary>The hours of a week, and its days, as the window pass merges them.</summary>
    private static IEnumerable<(int At, DateTimeOffset Start, DateTimeOffset End)> Windows(DateTimeOffset end)
    {
        for (var at = 0; at < Hours; at++)
            yield return (at, end.AddHours(at - Hours), end.AddHours(at - Hours + 1));
        var day = new DateTimeOffset(end.UtcDateTime.Date, TimeSpan.Zero);
        for (var back = 6; back >= 0; back--)
            yield return (Hours - 1 - (back * 24), day.AddDays(-back), day.AddDays(1 - back));
    }

    private static IEnumerable<MetricPoint> Router_(int at, DateTimeOffset start, DateTimeOffset end)
    {
        var rows = (long)((420 + (300 * Math.Sin((at - 8) * Math.PI / 12))) * (end - start).TotalHours);
        return new[]
        {
            System(at, rows),
            Rows(at, rows),
            Features.SelectMany((_, feature) => Inputs(at, rows, feature)),
            Outputs(at, rows),
            Performance(at, rows),
            Outcomes(at, rows),
            Estimated(at, rows),
            Together(at, rows),
        }
            .SelectMany(points => points)
            .Select(point => point with { WindowStart = start, WindowEnd = end });
    }

    private static IEnumerable<MetricPoint> Rows(int at, long rows)
    {
        yield return Point("input.rows", rows, rows, default, default);
        yield return Point("input.rows", rows, rows, default, default) with
        {
            Version = at < 60 ? "v6" : "v7",
        };
    }

    /// <summary>The first feature drifts from the third day on, the second goes missing in the end.</summary>
    private static IEnumerable<MetricPoint> Inputs(int at, long rows, int feature)
    {
        yield return Point(
            "drift.psi",
            Math.Max(0.004, ((at - 60) * 0.002 * (feature == 0 ? 2 : 1 - (feature * 0.15))) + Wave(at + feature, 0.01)),
            rows,
            default,
            default,
            feature: Features[feature]
        );
        yield return Point("drift.ks", 0.031, rows, default, default, feature: Features[feature]) with
        {
            PValue = 0.2,
        };
        yield return Point("drift.js", null, 12, default, default, feature: Features[feature]) with
        {
            Reason = "too few rows",
        };
        yield return Point(
            "input.missing_rate",
            Math.Max(0, 0.01 + (feature == 1 && at > 120 ? 0.2 : 0) + Wave(at, 0.004)),
            rows,
            default,
            default,
            0.01,
            Features[feature]
        );
        yield return Point("input.unseen_rate", feature == 2 ? 0.002 : 0, rows, default, default, 0.001, Features[feature]);
    }

    private static IEnumerable<MetricPoint> Outputs(int at, long rows)
    {
        double[] shares = at > 100 ? [0.2, 0.55, 0.15, 0.1] : [0.35, 0.3, 0.2, 0.15];
        for (var place = 0; place < Classes.Length; place++)
        {
            yield return Point("output.share", shares[place], rows, default, default, 0.01) with
            {
                Class = Classes[place],
            };
        }

        yield return Point("output.top_share", shares.Max(), rows, default, default, 0.01);
        yield return Point("output.confidence", 0.82 - (at > 100 ? 0.06 : 0) + Wave(at, 0.01), rows, default, default, 0.005);
        yield return Point("output.entropy", 0.3 + Wave(at, 0.02), rows, default, default, 0.005);
        yield return Point("drift.psi", at > 100 ? 0.3 : 0.01, rows, default, default, feature: "@prediction");
    }

    /// <summary>Ground truth of the last thirty hours is still to come.</summary>
    private static IEnumerable<MetricPoint> Performance(int at, long rows)
    {
        yield return Point("performance.label_coverage", at > Hours - 30 ? 0.02 : 0.6, rows, default, default, 0.02);
        foreach (
            var (metric, level) in new[]
            {
                ("accuracy", 0.87),
                ("f1", 0.84),
                ("precision", 0.85),
                ("recall", 0.83),
                ("roc_auc", 0.93),
                ("ece", 0.04),
                ("log_loss", 0.41),
                ("brier", 0.2),
            }
        )
        {
            yield return at > Hours - 30
                ? Point($"performance.{metric}", null, 12, default, default)
                : Point($"performance.{metric}", level + Wave(at, 0.01), rows * 6 / 10, default, default, 0.02);
        }
    }

    private static CostSpecification Prices() =>
        new()
        {
            Currency = "EUR",
            Matrix = Classes.ToDictionary(
                truth => truth,
                truth =>
                    (IReadOnlyDictionary<string, double>)
                        Classes.Where(decision => decision != truth).ToDictionary(decision => decision, _ => 2.5, StringComparer.Ordinal),
                StringComparer.Ordinal
            ),
        };

    /// <summary>Money, a signal, and three countries of which one got worse.</summary>
    private static IEnumerable<MetricPoint> Outcomes(int at, long rows)
    {
        yield return Point("cost.realized_per_1000", 320 + Wave(at, 20), rows * 6 / 10, default, default, 15);
        yield return Point("cost.realized", rows * 0.2, rows * 6 / 10, default, default, 10);
        yield return Point("business.click.rate", 0.12 + Wave(at, 0.01), rows, default, default, 0.01);
        foreach (var (country, share, accuracy) in new[] { ("FR", 0.5, 0.88), ("DE", 0.3, 0.86), ("BR", 0.2, at > Hours / 2 ? 0.7 : 0.87) })
        {
            foreach (var counted in new[] { "input.rows", "system.requests" })
            {
                yield return Point(counted, Math.Floor(rows * share), (long)(rows * share), default, default) with
                {
                    Segment = $"country={country}",
                };
            }

            yield return Point("performance.accuracy", accuracy, (long)(rows * share * 0.6), default, default, 0.03) with
            {
                Segment = $"country={country}",
            };
        }
    }

    /// <summary>
    /// An estimate that follows the realised numbers, is a little too high, and goes on where ground truth is still to come.
    /// </summary>
    private static IEnumerable<MetricPoint> Estimated(int at, long rows)
    {
        foreach (
            var (metric, level) in new[] { ("accuracy", 0.88), ("f1", 0.85), ("precision", 0.86), ("recall", 0.84), ("roc_auc", 0.935) }
        )
        {
            yield return Point($"estimated.{metric}", level + Wave(at, 0.006), rows, default, default, 0.025);
        }

        yield return Point("estimated.outside_support", at > 100 ? 0.03 : 0.001, rows, default, default, 0.002);
        foreach (var metric in new[] { "accuracy", "roc_auc" })
        {
            var error = Point("estimated.error", -0.008 + Wave(at, 0.004), rows * 6 / 10, default, default) with { Class = metric };
            if (at <= Hours - 30)
            {
                yield return error with
                {
                    Lower = error.Value - 0.025,
                    Upper = error.Value + 0.025,
                };
            }
        }
    }

    private static IEnumerable<MetricPoint> Together(int at, long rows)
    {
        yield return Point(
            "drift.multivariate.domain_classifier",
            at > 60 ? Math.Min(0.85, 0.52 + ((at - 60) * 0.003)) : 0.505,
            rows,
            default,
            default,
            0.015
        );
        yield return Point("drift.multivariate.pca", 1.31 + (at > 60 ? (at - 60) * 0.002 : 0), rows, default, default, 0.02);
        yield return Point("drift.multivariate.pca_reference", 1.3, rows, default, default, 0.04);
        for (var feature = 0; feature < Features.Length; feature++)
        {
            yield return Point(
                "drift.multivariate.importance",
                new[] { 0.46, 0.2, 0.12, 0.09, 0.06, 0.04, 0.02, 0.01 }[feature],
                rows,
                default,
                default,
                feature: Features[feature]
            );
        }
    }

    private static IEnumerable<MetricPoint> Price_(int at, DateTimeOffset start, DateTimeOffset end)
    {
        var rows = (long)(90 * (end - start).TotalHours);
        foreach (var point in System(at, rows))
        {
            yield return point with
            {
                WindowStart = start,
                WindowEnd = end,
            };
        }

        yield return Point("output.mean", 231_000 + (at * 130) + Wave(at, 4000), rows, start, end, 3000);
        yield return Point("output.standard_deviation", 80_000 + Wave(at, 2000), rows, start, end);
        yield return Point("performance.label_coverage", 0.9, rows, start, end, 0.03);
        yield return Point("performance.mae", 21_500 + (at * 20), rows, start, end, 900);
    }

    private static IEnumerable<MetricPoint> System(int at, long rows)
    {
        yield return Point("system.requests", rows, rows, default, default);
        yield return Point("system.requests", rows, rows, default, default) with
        {
            Version = at < 60 ? "v6" : "v7",
        };
        yield return Point("system.error_rate", at > 130 ? 0.07 : 0.004, rows, default, default, 0.003);
        yield return Point("system.timeout_rate", 0.001, rows, default, default, 0.001);
        yield return Point("system.latency_ms.p95", 130 + (at > 130 ? 300 : 0) + Wave(at, 8), rows, default, default);
    }

    private static MetricPoint Point(
        string metric,
        double? value,
        long n,
        DateTimeOffset start,
        DateTimeOffset end,
        double half = 0,
        string feature = ""
    ) =>
        new()
        {
            Metric = metric,
            Feature = feature,
            WindowStart = start,
            WindowEnd = end,
            Value = value,
            Lower = half > 0 && value is { } middle ? Math.Max(0, middle - half) : null,
            Upper = half > 0 && value is { } centre ? centre + half : null,
            N = n,
            Status = value is null ? MetricStatus.InsufficientData : MetricStatus.Ok,
        };

    private static DateTimeOffset Hour(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private static double Wave(int at, double size) => size * (Math.Sin(at * 0.9) + (0.6 * Math.Sin(at * 2.3)));
}
