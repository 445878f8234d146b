using System.Net.Http.Json;
using System.Text.Json;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.RealData;

namespace Plumbline.Server.Tests.Estimation;

/// <summary>
/// Public labelled sets, replayed through import, spool, engine and window pass in windows of about the size that a peer was measured with:
/// what was estimated before ground truth against what was realised. The peer is NannyML 0.13.1 on blocks of nearly the same rows.
/// </summary>
public sealed class RealSetEstimationTests(TestHost host)
{
    [Theory]
    [InlineData(
        "car_loan",
        "17s",
        "--score y_pred_proba --ground-truth-column repaid --ground-truth data/car_loan/current_labels.csv.gz --exclude timestamp",
        "accuracy",
        0.0045
    )]
    [InlineData(
        "car_loan",
        "17s",
        "--score y_pred_proba --ground-truth-column repaid --ground-truth data/car_loan/current_labels.csv.gz --exclude timestamp",
        "roc_auc",
        0.003
    )]
    [InlineData(
        "hotel_booking",
        "34s",
        "--score y_pred_proba --ground-truth-column is_canceled --ground-truth data/hotel_booking/current_labels.csv.gz --exclude "
            + "timestamp --categorical is_repeated_guest,agent,company",
        "accuracy",
        0.008
    )]
    [InlineData("sms_spam", "430s", "--score proba_spam --positive-class spam --ground-truth-column label", "accuracy", 0.012)]
    [InlineData(
        "bike_sharing",
        "172s",
        "--ground-truth-column count --exclude timestamp,casual,registered,year --categorical season,holiday,weekday,workingday,weather",
        "mae",
        63
    )]
    public async Task The_estimate_is_near_what_was_realised(string set, string interval, string columns, string metric, double bound)
    {
        var (model, points) = await ReplayAsync(set, interval, columns);
        var past = EstimateWords.Past(points, metric)!.Value;
        TestContext.Current.SendDiagnosticMessage(
            "{0} {1}: mean absolute error {2:F5} over {3} windows, bias {4:F5}, coverage {5:P0}",
            set,
            metric,
            past.MeanAbsoluteError,
            past.Windows,
            past.Bias,
            past.Coverage.Value!
        );
        Assert.InRange(past.MeanAbsoluteError, 0, bound);
        Assert.True(past.Windows >= 8);
        // estimated.error is the difference of the two points that everyone sees, since all rows have ground truth.
        foreach (var error in points.Where(point => point.Metric == "estimated.error" && point.Class == metric))
        {
            var (estimated, realised) = (At($"estimated.{metric}"), At($"performance.{metric}"));
            Assert.Equal(realised - estimated, error.Value!.Value, 1e-9 * Math.Max(1, Math.Abs(realised)));
            double At(string name) => points.Single(point => point.Metric == name && point.WindowStart == error.WindowStart).Value!.Value;
        }

        Assert.NotNull(EstimateWords.Record(points, metric));
        Assert.NotEqual(0, model.Id);
    }

    [Fact]
    public async Task Where_the_world_changed_the_record_says_not_to_rely_on_it()
    {
        var (_, points) = await ReplayAsync(
            "elec2",
            "86s",
            "--score y_pred_proba --ground-truth-column class --ground-truth data/elec2/current_labels.csv.gz --exclude "
                + "timestamp,date --categorical day"
        );
        var past = EstimateWords.Past(points, "accuracy")!.Value;
        Assert.True(past.Bias > 0.1, $"bias {past.Bias}");
        Assert.Contains(
            EstimateWords.Warnings(points, [], "accuracy"),
            warning => warning.Contains("do not rely on it", StringComparison.Ordinal)
        );
    }

    private async Task<(ModelDefinition Model, IReadOnlyList<MetricPoint> Points)> ReplayAsync(string set, string interval, string columns)
    {
        RealSets.File(set, "current.csv.gz");
        var name = host.NewModelName("replay");
        var (code, output, error) = await RealSets.RunAsync(
            host,
            $"plumbline import {name} --reference data/{set}/reference.csv.gz --predictions data/{set}/current.csv.gz --id id "
                + $"--prediction y_pred --start 2026-01-01 --interval {interval} --window 1d --version v1 --wait {columns}"
        );
        Assert.True(code == 0, output + error);
        var model = host.Get<ModelCatalog>().Find(name)!;
        var points = await host.Get<MetricReader>()
            .ReadAsync(
                model,
                new MetricQuery
                {
                    Metrics =
                    [
                        "estimated.error",
                        "estimated.outside_support",
                        "estimated.accuracy",
                        "estimated.roc_auc",
                        "estimated.mae",
                        "performance.accuracy",
                        "performance.roc_auc",
                        "performance.mae",
                    ],
                    From = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
                    To = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero),
                },
                default
            );
        var listed = await host.Client.GetFromJsonAsync<JsonElement>("/v1/metrics-catalogue");
        Assert.Contains("estimated.error", listed.ToString(), StringComparison.Ordinal);
        return (model, points);
    }
}
