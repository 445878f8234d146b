using Plumbline.Statistics.Uncertainty;

namespace Plumbline.Statistics.Tests.Uncertainty;

public sealed class UncertaintyTests
{
    [Fact]
    public void Golden_row()
    {
        double[] p = [.6, .3, .1];
        Check.Near(0.8979457, PredictionUncertainty.Entropy(p, normalised: false), 1e-7);
        Check.Near(0.8173454, PredictionUncertainty.Entropy(p), 1e-7);
        Check.Near(0.3, PredictionUncertainty.Margin(p), 1e-12);
        Check.Near(0.4, PredictionUncertainty.LeastConfidence(p, normalised: false), 1e-12);
        Check.Near(0.6, PredictionUncertainty.LeastConfidence(p), 1e-12);
        Assert.Null(PredictionUncertainty.Entropy([.6, .3]));
        Assert.Null(PredictionUncertainty.Margin([1.2, -.2]));
        Assert.Null(PredictionUncertainty.LeastConfidence([double.NaN, 1]));
        Assert.Equal(0, PredictionUncertainty.Entropy([1.0]));
    }

    [Fact]
    public void Concentration()
    {
        var even = PredictionConcentration.Of([10, 10, 10, 10]);
        Check.Near(1, even.Entropy);
        Check.Near(4, even.EffectiveClasses);
        Check.Near(0.25, even.TopShare);
        var one = PredictionConcentration.Of([0, 40, 0]);
        Assert.Equal(1, one.TopClass);
        Check.Near(0, one.Entropy);
        Check.Near(1, one.EffectiveClasses);
        Assert.Equal(1, one.TopShare.Upper);
        Check.Insufficient(PredictionConcentration.Of([0, 0]).Entropy);
    }

    [Fact]
    public void Stuck_scores()
    {
        var stuck = StuckScore.Of([0.1, 0.5, 0.5, 0.5, 0.2, 0.5])!.Value;
        Assert.Equal(0.5, stuck.Value);
        Assert.Equal(3, stuck.LongestRun);
        Check.Near(4 / 6.0, stuck.Share);
        Assert.Null(StuckScore.Of([]));
    }
}
