using Plumbline.Statistics.Sequential;

namespace Plumbline.Statistics.Tests.Sequential;

public sealed class SequentialTests
{
    [Fact]
    public void Golden_normal_mixture()
    {
        var rho = ConfidenceSequence.TuneRho(1000);
        Check.Near(126.0056, rho, 1e-6);
        Check.Near(0.38550546, ConfidenceSequence.NormalMixtureHalfWidth(100, 1, rho), 1e-8);
        Check.Near(0.09598174, ConfidenceSequence.NormalMixtureHalfWidth(1000, 1, rho), 1e-8);
        Check.Near(0.03241723, ConfidenceSequence.NormalMixtureHalfWidth(10_000, 1, rho), 1e-8);
    }

    [Fact]
    public void Golden_msprt_sprt_and_spending()
    {
        var test = new MixtureSequentialTest(1);
        Check.Near(0.01558357, test.Look(0.5, 2.0 / 100), 1e-8);
        Check.Near(64.17015, test.LikelihoodRatio, 1e-6);
        Check.Near(0.01558357, test.Look(0, 2.0 / 200), 1e-8);
        var boundaries = SequentialBoundaries.Wald(0.05, 0.2);
        Check.Near(2.7725887, boundaries.AcceptAlternative, 1e-7);
        Check.Near(-1.5581446, boundaries.AcceptNull, 1e-7);
        double[] fractions = [.25, .5, .75, 1];
        double[] fleming = [8.86e-5, .0055746, .0236251, .05];
        double[] pocock = [.0178687, .0310057, .0413994, .05];
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(fleming[i], AlphaSpending.OBrienFleming(fractions[i]), i == 0 ? 7 : 6);
            Check.Near(pocock[i], AlphaSpending.Pocock(fractions[i]), 1e-7);
        }
    }

    [Fact]
    public void Calibrators_are_e_values()
    {
        // Their mean under a uniform p is 1: integrate in the logarithm of p.
        foreach (
            var calibrator in new Func<double, double>[]
            {
                p => EValues.FromPValue(p),
                p => EValues.FromPValue(p, 0.2),
                EValues.FromPValueMixed,
            }
        )
        {
            var sum = 0.0;
            const int Steps = 400_000;
            for (var i = 0; i < Steps; i++)
            {
                var log = -200 * (i + 0.5) / Steps;
                sum += calibrator(Math.Exp(log)) * Math.Exp(log) * 200 / Steps;
            }

            Assert.InRange(sum, 0.99, 1.0001);
        }

        Check.Near(EValues.FromPValueMixed(Math.Exp(-1.0001e-4)), EValues.FromPValueMixed(Math.Exp(-0.9999e-4)), 1e-6);
        Assert.Equal(0.5, EValues.FromPValueMixed(1));
        Assert.Equal(0.05, EValues.ToPValue(20));
        var process = new EProcess();
        process.Add(4);
        process.Add(5);
        process.Add(0.1);
        Check.Near(2, process.Value, 1e-12);
        Check.Near(0.05, process.PValue, 1e-12);
    }

    [Fact]
    public void Sample_ratio_mismatch()
    {
        // scipy.stats.chisquare([821588, 815482]) = 22.7785, p = 1.82e-6.
        var result = SampleRatioMismatch.Test([821_588, 815_482], [0.5, 0.5]);
        Check.Near(22.7763, result.Statistic, 1e-3);
        Assert.True(result.PValue < 1e-5);
        Assert.True(SampleRatioMismatch.EValue([5500, 4500], [0.5, 0.5]) > 1000);
        Assert.True(SampleRatioMismatch.EValue([5010, 4990], [0.5, 0.5]) < 1);
        Check.Near(1, SampleRatioMismatch.EValue([0, 0], [0.5, 0.5]), 1e-12);
        Assert.Throws<ArgumentException>(() => SampleRatioMismatch.Test([1, 2], [0.5, 0.6]));
        Assert.Equal(EstimateStatus.InsufficientData, SampleRatioMismatch.Test([0, 0], [0.5, 0.5]).Status);
    }

    [Fact]
    [Trait("Category", "Simulation")]
    public void Confidence_sequences_hold_over_five_thousand_looks()
    {
        var rho = ConfidenceSequence.TuneRho(1000);
        int fixedMisses = 0,
            mixtureMisses = 0,
            bernsteinMisses = 0,
            bettingMisses = 0;
        const int Runs = Simulations.Runs;
        var widths = Enumerable.Range(1, 5000).Select(t => ConfidenceSequence.NormalMixtureHalfWidth(t, 1, rho)).ToArray();
        Simulations.Run(
            81,
            (random, run) =>
            {
                bool missedFixed = false,
                    missedMixture = false,
                    missedBernstein = false,
                    missedBetting = false;
                var sum = 0.0;
                var bernstein = new EmpiricalBernsteinSequence();
                // Ten candidate means are few, but the truth is one of them, and only whether it is ruled out matters here.
                var betting = new BettingSequence(0.05, 10);
                for (var t = 1; t <= 5000; t++)
                {
                    sum += random.NextGaussian();
                    missedFixed |= Math.Abs(sum / t) > 1.96 / Math.Sqrt(t);
                    missedMixture |= Math.Abs(sum / t) > widths[t - 1];
                    var x = random.NextDouble() < 0.3 ? 1.0 : 0;
                    bernstein.Add(x);
                    missedBernstein |= !bernstein.Interval.Contains(0.3);
                    betting.Add(x);
                    missedBetting |= !betting.Interval.Contains(0.3);
                }

                Tally(ref fixedMisses, missedFixed);
                Tally(ref mixtureMisses, missedMixture);
                Tally(ref bernsteinMisses, missedBernstein);
                Tally(ref bettingMisses, missedBetting);
            }
        );

        Assert.True(fixedMisses > 0.4 * Runs, "an ordinary interval is expected to fail when looked at this often");
        Assert.True(mixtureMisses <= 0.06 * Runs, $"normal mixture missed in {mixtureMisses} of {Runs}");
        Assert.True(bernsteinMisses <= 0.06 * Runs, $"empirical Bernstein missed in {bernsteinMisses} of {Runs}");
        Assert.True(bettingMisses <= 0.06 * Runs, $"betting missed in {bettingMisses} of {Runs}");

        static void Tally(ref int misses, bool missed)
        {
            if (missed)
                Interlocked.Increment(ref misses);
        }
    }

    [Fact]
    public void Confidence_sequences_become_narrow()
    {
        var random = new RandomSource(82);
        var (bernstein, betting) = (new EmpiricalBernsteinSequence(), new BettingSequence(0.05, 50));
        for (var t = 0; t < 5000; t++)
        {
            var x = random.NextDouble() < 0.3 ? 1.0 : 0;
            bernstein.Add(x);
            betting.Add(x);
        }

        Assert.True(bernstein.Interval.Width < 0.09, $"width {bernstein.Interval.Width}");
        Assert.True(betting.Interval.Width < 0.11, $"width {betting.Interval.Width}");
    }

    [Fact]
    [Trait("Category", "Simulation")]
    public void Peeking_at_msprt_keeps_its_level()
    {
        var rejections = Simulations.Count(
            83,
            random =>
            {
                var test = new MixtureSequentialTest(0.3);
                double difference = 0;
                for (var t = 1; t <= 500; t++)
                {
                    difference += random.NextGaussian() - random.NextGaussian();
                    test.Look(difference / t, 2.0 / t);
                }

                return test.PValue <= 0.05;
            }
        );
        Assert.True(rejections <= 0.06 * Simulations.Runs, $"{rejections} of {Simulations.Runs}");
    }
}
