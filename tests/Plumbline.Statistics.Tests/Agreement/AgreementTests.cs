using Plumbline.Statistics.Agreement;
using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Tests.Agreement;

/// <summary>Published examples; each was computed again from the definitions, errors by leaving one item out.</summary>
public sealed class AgreementTests
{
    // Fleiss (1971): thirty patients, each with a diagnosis of one of five kinds by six psychiatrists.
    private const string Diagnoses =
        "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445 "
        + "333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555";

    // Krippendorff (2011), part C: four observers, twelve units, some values missing.
    private static readonly int[][] Observed =
    [
        [1, 1, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [5, 5, 5],
        [1, 1],
        [3],
    ];

    /// <summary>
    /// Fleiss, Levin and Paik (2003), table 18.1: 0.676 with an error of 0.087; and an example of the manual of SAS: 0.4842 and 0.1380.
    /// </summary>
    [Fact]
    public void Cohens_kappa_and_its_error()
    {
        var kappa = CohenKappa.Of(
            new long[,]
            {
                { 75, 1, 4 },
                { 5, 4, 1 },
                { 0, 0, 10 },
            }
        );
        Check.Near(0.6764705882352942, kappa, 1e-12);
        Check.Near(0.08770295347521248, kappa.StandardError, 1e-12);
        Assert.Equal(100, kappa.N);
        int[] first = [.. Enumerable.Repeat(7, 5), .. Enumerable.Repeat(8, 8), .. Enumerable.Repeat(9, 6)];
        int[] second = [8, 8, 8, 8, 9, .. Enumerable.Repeat(8, 8), 8, 9, 9, 9, 9, 9];
        kappa = CohenKappa.Of(first, second);
        Check.Near(0.4841628959276018, kappa, 1e-12);
        Check.Near(0.13801357830581465, kappa.StandardError, 1e-12);
        Assert.Equal((0.2137, 0.7547), (Math.Round(kappa.Lower!.Value, 4), Math.Round(kappa.Upper!.Value, 4)));
        Assert.Equal(kappa.Value!.Value, CohenKappa.Of(second, first).Value!.Value, 1e-12);
    }

    [Fact]
    public void Cohens_kappa_at_its_ends()
    {
        Check.Near(0, CohenKappa.Of([0, 0, 1, 1], [0, 1, 0, 1]), 1e-12);
        Check.Near(-1, CohenKappa.Of([0, 1], [1, 0]), 1e-12);
        var same = CohenKappa.Of([0, 1, 2], [0, 1, 2]);
        Check.Near(1, same, 1e-12);
        Assert.Null(same.Lower);
        Check.Undefined(CohenKappa.Of([4, 4, 4], [4, 4, 4]));
        Check.Insufficient(CohenKappa.Of([], []));
        Assert.Throws<ArgumentException>(() => CohenKappa.Of([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => CohenKappa.Of(new long[2, 3]));
        Assert.Throws<ArgumentException>(() =>
            CohenKappa.Of(
                new long[,]
                {
                    { 1, -1 },
                    { 0, 1 },
                }
            )
        );
    }

    [Fact]
    public void Fleiss_kappa_of_psychiatric_diagnoses()
    {
        var kappa = FleissKappa.Of(Table(Diagnoses.Split(' '), 5));
        Check.Near(0.43024452006014086, kappa, 1e-12);
        // From the slopes of kappa by the weight of each patient; leaving one out gives 0.0551.
        Check.Near(0.05419893551732357, kappa.StandardError, 1e-9);
        Check.Near(Confidence.Normal(kappa.Value!.Value, kappa.StandardError!.Value).Lower, kappa.Lower, 1e-12);
        Assert.Equal(30, kappa.N);
    }

    [Fact]
    public void Fleiss_kappa_at_its_ends()
    {
        var same = FleissKappa.Of(Table(["111", "222"], 2));
        Check.Near(1, same, 1e-12);
        Assert.Null(same.Upper);
        Check.Near(-1, FleissKappa.Of(Table(["12", "21", "12"], 2)), 1e-12);
        Check.Undefined(FleissKappa.Of(Table(["111", "111"], 2)));
        Check.Insufficient(FleissKappa.Of(new int[0, 3]));
        Assert.Throws<ArgumentException>(() => FleissKappa.Of(Table(["11", "112"], 2)));
        Assert.Throws<ArgumentException>(() => FleissKappa.Of(Table(["1", "2"], 2)));
        Assert.Throws<ArgumentException>(() =>
            FleissKappa.Of(
                new[,]
                {
                    { 3, -1 },
                }
            )
        );
    }

    [Fact]
    public void Krippendorffs_alpha_of_his_examples()
    {
        Check.Near(0.7434210526315791, KrippendorffAlpha.Nominal(Observed), 1e-12);
        var interval = KrippendorffAlpha.Interval([.. Observed.Select(item => item.Select(v => (double)v).ToArray())]);
        Check.Near(0.8491071428571428, interval, 1e-12);
        // One unit has a single value and is none.
        Assert.Equal(11, interval.N);
        // Parts A and B: two observers.
        int[][] binary =
        [
            [0, 1],
            [1, 1],
            [0, 1],
            [0, 0],
            [0, 0],
            [0, 1],
            [0, 0],
            [0, 0],
            [1, 0],
            [0, 0],
        ];
        Check.Near(0.09523809523809512, KrippendorffAlpha.Nominal(binary), 1e-12);
        int[][] letters = [.. "aabbdcccedda".Zip("babbbccceddd", (a, b) => new int[] { a, b })];
        Check.Near(0.6919642857142858, KrippendorffAlpha.Nominal(letters), 1e-12);
        // Of two classes the metric says nothing.
        Check.Near(0.09523809523809512, KrippendorffAlpha.Interval([.. binary.Select(item => item.Select(v => 1e9 + v).ToArray())]), 1e-9);
    }

    [Fact]
    public void Alphas_interval_is_of_items_and_of_the_seed()
    {
        var alpha = KrippendorffAlpha.Nominal(Observed, new RandomSource(5));
        Assert.InRange(alpha.Lower!.Value, 0.3, 0.7);
        Assert.InRange(alpha.Upper!.Value, 0.8, 1);
        Assert.Equal(alpha, KrippendorffAlpha.Nominal(Observed, new RandomSource(5)));
        Assert.NotEqual(alpha.Lower, KrippendorffAlpha.Nominal(Observed, new RandomSource(6)).Lower);
        Assert.Null(KrippendorffAlpha.Nominal(Observed).Lower);
        double[][] grades = [.. Observed.Select(item => item.Select(v => (double)v).ToArray())];
        Assert.InRange(KrippendorffAlpha.Interval(grades, new RandomSource(5)).Lower!.Value, 0.4, 0.84);
        Check.Undefined(
            KrippendorffAlpha.Nominal(
                [
                    [3, 3],
                    [3, 3],
                ],
                new RandomSource(5)
            )
        );
        Check.Undefined(
            KrippendorffAlpha.Interval(
                [
                    [0.1, 0.1, 0.1],
                    [0.1, 0.1],
                ],
                new RandomSource(5)
            )
        );
        Check.Insufficient(
            KrippendorffAlpha.Nominal([
                [1],
                [2],
                [],
            ])
        );
        Check.Insufficient(KrippendorffAlpha.Interval([]));
        Assert.Throws<ArgumentException>(() =>
            KrippendorffAlpha.Interval([
                [1, double.NaN],
            ])
        );
    }

    // Of 60 items, each with three of four annotators who are right in 85 % of them: what alpha is over very many items is in the interval.
    [Fact]
    [Trait("Category", "Simulation")]
    public void Intervals_of_alpha_and_kappas_cover()
    {
        var (alpha, fleiss, cohen) = (KrippendorffAlpha.Nominal(Items(new RandomSource(1), 200_000)).Value!.Value, 0, 0);
        var covered = 0;
        // Equally many annotators: the two differ by nothing but 1 / n.
        var (kappa, pair) = (
            alpha,
            CohenKappa.Of(Column(Items(new RandomSource(1), 200_000), 0), Column(Items(new RandomSource(1), 200_000), 1)).Value!.Value
        );
        Simulations.Run(
            21,
            (random, _) =>
            {
                var items = Items(random, 60);
                Count(ref covered, KrippendorffAlpha.Nominal(items, random), alpha);
                Count(ref fleiss, FleissKappa.Of(Table([.. items.Select(item => string.Concat(item))], 3)), kappa);
                Count(ref cohen, CohenKappa.Of(Column(items, 0), Column(items, 1)), pair);
            },
            400
        );
        TestContext.Current.SendDiagnosticMessage("alpha {0}, Fleiss {1}, Cohen {2} of 400", covered, fleiss, cohen);
        Assert.All([covered, fleiss, cohen], hits => Assert.InRange(hits / 400.0, 0.91, 0.98));
    }

    [Fact]
    public void Percent_agreement()
    {
        var two = PercentAgreement.Of([1, 2, 3, 4], [1, 2, 3, 5]);
        Check.Near(0.75, two, 1e-12);
        Assert.Equal(Wilson.Of(3, 4), new Interval(two.Lower!.Value, two.Upper!.Value));
        // One of one pair, one of three pairs, and an item that says nothing.
        var many = PercentAgreement.Of([
            [1, 1],
            [1, 2, 1],
            [4],
        ]);
        Check.Near((1 + 1 / 3.0) / 2, many, 1e-12);
        Assert.Equal(2, many.N);
        Check.Near(
            PercentAgreement.Of([1, 2], [1, 3]).Value!.Value,
            PercentAgreement.Of([
                [1, 1],
                [2, 3],
            ]),
            1e-12
        );
        Check.Insufficient(PercentAgreement.Of([], []));
        Check.Insufficient(
            PercentAgreement.Of([
                [1],
                [2],
            ])
        );
        Assert.Throws<ArgumentException>(() => PercentAgreement.Of([1], [1, 2]));
    }

    private static int[][] Items(RandomSource random, int count)
    {
        var items = new int[count][];
        for (var i = 0; i < count; i++)
        {
            var truth = 1 + random.NextInt(3);
            items[i] = [.. Enumerable.Range(0, 3).Select(_ => random.NextDouble() < 0.85 ? truth : 1 + random.NextInt(3))];
        }

        return items;
    }

    private static int[] Column(int[][] items, int annotator) => [.. items.Select(item => item[annotator])];

    private static void Count(ref int hits, Estimate estimate, double truth)
    {
        if (estimate.Lower <= truth && truth <= estimate.Upper)
            Interlocked.Increment(ref hits);
    }

    private static int[,] Table(IReadOnlyList<string> items, int categories)
    {
        var counts = new int[items.Count, categories];
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var category in items[i])
                counts[i, category - '1']++;
        }

        return counts;
    }
}
