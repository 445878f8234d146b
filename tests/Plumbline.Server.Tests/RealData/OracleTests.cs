using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Binning;

namespace Plumbline.Server.Tests.RealData;

/// <summary>
/// Each public set as one window (its rows a second apart within one day), so that the server's numbers are those of the whole set and can
/// be compared with what scikit-learn and SciPy computed from the same files. The whole way is used: import, spool, engine, profiles,
/// metric points.
/// </summary>
public sealed class OracleTests(TestHost host)
{
    private const double Tight = 1e-9;

    // Of a regression's predictions the 30 % quantile is a value that occurs. The oracle's grid says 0.30000000000000004, which puts its
    // edge one rounding
    // above that value, and so rows with it into the bin below (2 of 8,734 in bike_sharing); ours is the order statistic itself.
    private const double EdgeOnAValue = 5e-4;

    private static readonly Dictionary<string, string> Columns = new(StringComparer.Ordinal)
    {
        ["car_loan"] =
            "--prediction y_pred --score y_pred_proba --ground-truth-column repaid --ground-truth "
            + "data/car_loan/current_labels.csv.gz --exclude timestamp",
        ["hotel_booking"] =
            "--prediction y_pred --score y_pred_proba --ground-truth-column is_canceled --ground-truth "
            + "data/hotel_booking/current_labels.csv.gz --exclude timestamp --categorical is_repeated_guest,agent,company",
        ["california_housing"] =
            "--prediction y_pred --score y_pred_proba --ground-truth-column clf_target --ground-truth "
            + "data/california_housing/current_labels.csv.gz --exclude timestamp",
        ["elec2"] =
            "--prediction y_pred --score y_pred_proba --ground-truth-column class --ground-truth data/elec2/current_labels.csv.gz "
            + "--exclude timestamp,date --categorical day",
        ["sms_spam"] = "--prediction y_pred --score proba_spam --positive-class spam --ground-truth-column label",
        ["bike_sharing"] =
            "--prediction y_pred --ground-truth-column count --exclude timestamp,casual,registered,year --categorical "
            + "season,holiday,weekday,workingday,weather",
    };

    [Theory]
    [InlineData("car_loan")]
    [InlineData("hotel_booking")]
    [InlineData("california_housing")]
    [InlineData("elec2")]
    [InlineData("sms_spam")]
    [InlineData("bike_sharing")]
    public async Task A_whole_set_gives_the_oracle_s_numbers(string set)
    {
        RealSets.File(set, "current.csv.gz");
        var performance = RealSets.Oracle("perf", set).GetProperty("current");
        var drift = RealSets.Oracle("drift", set);
        var model = host.NewModelName(set);
        var (code, output, error) = await RealSets.RunAsync(
            host,
            $"plumbline import {model} --reference data/{set}/reference.csv.gz --predictions data/{set}/current.csv.gz --id id "
                + $"--start 2026-01-01 --interval 1s --window 1d --version v1 --wait {Columns[set]}"
        );
        Assert.True(code == 0, output + error);
        var points = await PointsAsync(model);
        var off = new List<string>();
        if (set == "bike_sharing")
        {
            foreach (var name in new[] { "mae", "rmse", "r2" })
                Compare(off, points, $"performance.{name}", "", performance.GetProperty(name));
        }
        else
        {
            foreach (var name in new[] { "accuracy", "precision", "recall", "f1", "roc_auc", "brier" })
                Compare(off, points, $"performance.{name}", "", performance.GetProperty(name));
            Compare(off, points, "performance.log_loss", "", performance.GetProperty("log_loss_eps1e_15"));
            Compare(
                off,
                points,
                "performance.ece",
                "",
                performance.GetProperty("calibration").GetProperty("left_closed10").GetProperty("ece")
            );
        }

        CompareDrift(off, points, drift, FeaturesWithHeavyValues(model));
        Assert.Empty(off);
    }

    // The oracle's deciles and categories are ours; its PSI replaces empty bins where ours smooths, so PSI is not compared.
    private static void CompareDrift(
        List<string> off,
        Dictionary<(string Metric, string Feature), double?> points,
        JsonElement drift,
        HashSet<string> heavy
    )
    {
        var compared = 0;
        foreach (var column in ColumnsOf(drift))
        {
            var feature = column.Name switch
            {
                "y_pred_proba" or "proba_spam" => "@score",
                "y_pred" => "@prediction",
                var name => name,
            };
            if (!points.ContainsKey(("drift.js", feature)))
                continue;
            var bins =
                column.Value.TryGetProperty("ref_decile_bins", out var deciles) ? deciles
                : column.Value.TryGetProperty("categories_union", out var categories) ? categories
                : default;
            if (bins.ValueKind != JsonValueKind.Object)
                continue;
            // Ours keeps the 50 most frequent categories apart; the oracle all.
            if (column.Value.TryGetProperty("categories_union", out _) && feature is "country" or "agent" or "company")
                continue;
            compared++;
            foreach (
                var (ours, theirs) in new[]
                {
                    ("drift.js", "js_distance_base2"),
                    ("drift.hellinger", "hellinger"),
                    ("drift.total_variation", "total_variation"),
                }
            )
            {
                if (heavy.Contains(feature))
                    AtLeast(off, points, ours, feature, bins.GetProperty(theirs).GetDouble());
                else
                    Compare(off, points, ours, feature, bins.GetProperty(theirs));
            }
        }

        Assert.True(compared > 0);
    }

    // A value with a decile's weight has a bin of its own with us, and shares one with what lies above it with the oracle. These three
    // distances cannot
    // shrink when a bin is divided.
    private HashSet<string> FeaturesWithHeavyValues(string model)
    {
        var baseline = host.Get<BaselineCatalog>().Find(host.Get<ModelCatalog>().Find(model)!.Id)!;
        return
        [
            .. baseline
                .Features.Values.Where(feature => feature.DecileIndices.Any(index => PercentileEdges.IsAtom(feature.Edges.AsSpan(), index)))
                .Select(feature => feature.Feature),
        ];
    }

    private static void AtLeast(
        List<string> off,
        Dictionary<(string Metric, string Feature), double?> points,
        string metric,
        string feature,
        double oracle
    )
    {
        if (points.GetValueOrDefault((metric, feature)) is not { } value || value < oracle - Tight)
            off.Add($"{metric} {feature}: less than the oracle's {oracle:R}");
    }

    private static IEnumerable<JsonProperty> ColumnsOf(JsonElement drift) =>
        (drift.TryGetProperty("columns", out var columns) ? columns : drift)
            .EnumerateObject()
            .Where(column => column.Value.ValueKind == JsonValueKind.Object);

    private static void Compare(
        List<string> off,
        Dictionary<(string Metric, string Feature), double?> points,
        string metric,
        string feature,
        JsonElement oracle
    )
    {
        if (oracle.ValueKind != JsonValueKind.Number)
            return;
        var expected = oracle.GetDouble();
        var tolerance = feature == "@prediction" ? EdgeOnAValue : Tight;
        if (
            !points.TryGetValue((metric, feature), out var value)
            || value is null
            || Math.Abs(value.Value - expected) > tolerance * Math.Max(1, Math.Abs(expected))
        )
        {
            off.Add(
                $"{metric} {feature}: {value?.ToString("R", System.Globalization.CultureInfo.InvariantCulture) ?? "none"}, "
                    + $"oracle {expected:R}"
            );
        }
    }

    private async Task<Dictionary<(string Metric, string Feature), double?>> PointsAsync(string model)
    {
        var answer = await host.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/models/{model}"
                + "/metrics?metric=performance.*,drift.*&feature=*&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&window=1d&limit=100000"
        );
        return answer
            .GetProperty("points")
            .EnumerateArray()
            .Where(point => point.GetProperty("class").ValueKind == JsonValueKind.Null)
            .ToDictionary(
                point => (point.GetProperty("metric").GetString()!, point.GetProperty("feature").GetString() ?? ""),
                point =>
                    point.GetProperty("value").ValueKind == JsonValueKind.Number ? point.GetProperty("value").GetDouble() : (double?)null
            );
    }
}
