using System.Text.Json.Nodes;
using Plumbline.Statistics.Performance;

namespace Plumbline.Statistics.Tests.Oracles;

public sealed class PerformanceOracleTests
{
    [Theory]
    [InlineData("car_loan")]
    [InlineData("hotel_booking")]
    [InlineData("california_housing")]
    [InlineData("elec2")]
    [InlineData("sms_spam")]
    public void Binary(string set)
    {
        var oracle = DataSets.Oracle($"perf_{set}.json")["result"]!;
        Compare(oracle["reference"]!, Rows(set, DataSets.Read(set, "reference.csv.gz")));
        var current = Rows(set, DataSets.ReadCurrent(set));
        Compare(oracle["current"]!, current);
        foreach (var chunk in oracle["chunks"]!.AsArray())
            Compare(chunk!, current.AsSpan((int)chunk!["start"]!, (int)chunk["n"]!));
    }

    [Fact]
    public void Regression()
    {
        var oracle = DataSets.Oracle("perf_bike_sharing.json")["result"]!;
        var roles = DataSets.Roles("bike_sharing");
        foreach (
            var (part, table) in new[]
            {
                ("reference", DataSets.Read("bike_sharing", "reference.csv.gz")),
                ("current", DataSets.ReadCurrent("bike_sharing")),
            }
        )
        {
            var rows = table
                .Numbers((string)roles["target"]!)
                .Zip(table.Numbers((string)roles["prediction"]!), (y, p) => new RegressionOutcome(y, p))
                .ToArray();
            var actual = RegressionPerformance.Of(rows);
            var expected = oracle[part]!;
            Check.Near((double)expected["mae"]!, actual.MeanAbsoluteError);
            Check.Near((double)expected["rmse"]!, actual.RootMeanSquaredError);
            Check.Near((double)expected["me_pred_minus_true"]!, actual.MeanError);
            Check.Near((double)expected["mape_nonzero_only"]!, actual.MeanAbsolutePercentageError);
            Check.Near((double)expected["r2"]!, actual.R2);
        }
    }

    private static BinaryOutcome[] Rows(string set, Table table)
    {
        var roles = DataSets.Roles(set);
        var positive = roles["positive"]!.ToString();
        var truth = table.Text((string)roles["target"]!);
        var predicted = table.Text((string)roles["prediction"]!);
        var scores = table.Numbers((string)roles["proba"]!);
        var rows = new BinaryOutcome[table.Rows];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = new BinaryOutcome(Same(truth[i], positive), Same(predicted[i], positive), scores[i]);
        return rows;
    }

    // Some sets write a class as 1, others as 1.0.
    private static bool Same(string value, string positive) => value == positive || value == positive + ".0";

    private static void Compare(JsonNode expected, ReadOnlySpan<BinaryOutcome> rows)
    {
        var actual = BinaryPerformance.Of(rows);
        var scores = ScoreCounts.From(rows);
        Assert.Equal((double)expected["tp"]!, actual.Confusion.TruePositive);
        Assert.Equal((double)expected["tn"]!, actual.Confusion.TrueNegative);
        Same("accuracy", actual.Accuracy);
        Same("precision", actual.Precision);
        Same("recall", actual.Recall);
        Same("specificity", actual.Confusion.Specificity());
        Same("f1", actual.F1);
        Same("roc_auc", actual.RocAuc);
        Same("average_precision", Roc.AveragePrecision(scores));
        Same("log_loss_eps1e_15", actual.LogLoss);
        Same("brier", actual.Brier);
        if (expected["calibration"] is { } calibration)
            Check.Near((double)calibration["left_closed10"]!["ece"]!, actual.ExpectedCalibrationError);

        void Same(string name, Estimate value)
        {
            if (expected[name] is { } known)
                Check.Near((double)known, value);
            else if (value.IsOk && name == "roc_auc")
                Assert.Fail($"{name}: the oracle has none");
        }
    }
}
