using Plumbline.Monitoring.Metrics;

namespace Plumbline.Server.Tests.Metrics;

public sealed class CalculatorTests(TestHost host)
{
    /// <summary>
    /// A calculator whose metrics are declared with a model has none of its own: its failure once ended in an index out of range.
    /// </summary>
    [Fact]
    public void Every_calculator_can_say_what_is_missing_when_it_fails()
    {
        var missing = host.Get<IEnumerable<IEventCalculator>>().Select(calculator => calculator.MissingOnFailure).ToList();
        Assert.Contains("the metrics of signals", missing);
        Assert.Equal(missing.Count, missing.Where(words => words.Length > 0).Distinct(StringComparer.Ordinal).Count());
    }
}
