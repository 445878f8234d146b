namespace Plumbline.Statistics.Tests;

/// <summary>Comparisons with a stated tolerance, relative for large numbers.</summary>
internal static class Check
{
    public static void Near(double expected, double? actual, double tolerance = 1e-9)
    {
        Assert.NotNull(actual);
        Assert.True(
            Math.Abs(expected - actual.Value) <= tolerance * Math.Max(1, Math.Abs(expected)),
            $"expected {expected:R}, got {actual.Value:R}, difference {actual.Value - expected:E2}"
        );
    }

    public static void Near(double expected, Estimate actual, double tolerance = 1e-9)
    {
        Assert.True(actual.IsOk, actual.Reason);
        Near(expected, actual.Value, tolerance);
    }

    public static void Near(double statistic, double p, TestResult actual, double tolerance = 1e-9, double tolerancePValue = 1e-7)
    {
        Assert.True(actual.IsOk, actual.Reason);
        Near(statistic, actual.Statistic, tolerance);
        Near(p, actual.PValue, tolerancePValue);
    }

    public static void Undefined(Estimate actual)
    {
        Assert.Equal(EstimateStatus.Undefined, actual.Status);
        Assert.Null(actual.Value);
        Assert.NotNull(actual.Reason);
    }

    public static void Insufficient(Estimate actual)
    {
        Assert.Equal(EstimateStatus.InsufficientData, actual.Status);
        Assert.Null(actual.Value);
        Assert.NotNull(actual.Reason);
    }
}
