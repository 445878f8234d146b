using Plumbline.Bench.Alarms;

namespace Plumbline.Statistics.Tests.Alarms;

/// <summary>
/// A small version of the benchmark "alarms": the budget is kept in every kind of world, and changes are found all the same.
/// </summary>
[Trait("Category", "Simulation")]
public sealed class BudgetSimulationTests
{
    private const int ReferenceWindows = 28 * 24;

    [Theory]
    [InlineData("IndependentRows")]
    [InlineData("Seasonality")]
    [InlineData("TrafficMix")]
    [InlineData("HeavyTails")]
    public void Months_without_drift_stay_within_the_budget(string scenario)
    {
        const int Months = 2;
        var alarms = 0;
        Simulations.Run(
            101,
            (random, _) =>
                Interlocked.Add(
                    ref alarms,
                    QuietMonths.Run(Enum.Parse<AlarmScenario>(scenario), 2000, ReferenceWindows, withUsual: false, random).Plumbline
                ),
            Months
        );
        // One a month is allowed; the mean of the benchmark's months is far below, so that two months rarely hold more than one.
        Assert.True(alarms <= Months, $"{alarms} false alarms in {Months} months");
    }

    [Fact]
    public void A_half_standard_deviation_is_found_within_three_windows()
    {
        const int Runs = 60;
        var inTime = Simulations.Count(
            102,
            random =>
                DetectionDelays.OfFeature(AlarmScenario.IndependentRows, 2000, ReferenceWindows, true, new FeatureShift(Mean: 0.5), random)
                    is <= 3,
            Runs
        );
        Assert.True(inTime >= 0.95 * Runs, $"{inTime} of {Runs}");
        var found = Simulations.Count(103, random => DetectionDelays.OfCalibration(2000, 336, 1, 0.3, random) is <= 10, 6);
        Assert.Equal(6, found);
    }
}
