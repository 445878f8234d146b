using FsCheck;
using FsCheck.Fluent;
using Plumbline.Bench.Slices;
using Plumbline.Statistics.Slices;

namespace Plumbline.Statistics.Tests.Slices;

/// <summary>A small version of the benchmark "slices", and the search against trying everything.</summary>
[Trait("Category", "Simulation")]
public sealed class PlantedSliceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_planted_slice_is_the_first_finding(int predicates)
    {
        const int Runs = 20;
        var found = Simulations.Count(
            6100 + (ulong)predicates,
            random =>
            {
                var drawn = PlantedRows.Draw(40_000, 15, predicates, 0.06, random);
                return drawn.IsFoundFirst(
                    SliceSearch.Find(drawn.Table, drawn.Losses, new SliceSearchOptions { Parallelism = 1, MaximumFindings = 1 })
                );
            },
            Runs
        );
        Assert.True(found >= 0.9 * Runs, $"{found} of {Runs}");
    }

    [Fact]
    public void Where_there_is_no_weak_slice_at_most_one_run_in_twenty_reports_one()
    {
        const int Runs = 100;
        var reported = Simulations.Count(
            6105,
            random =>
            {
                var drawn = PlantedRows.Draw(4000, 12, 0, 0, random);
                return SliceSearch
                        .Find(drawn.Table, drawn.Losses, new SliceSearchOptions { Parallelism = 1, Seed = random.NextUInt64() })
                        .Findings.Count > 0;
            },
            Runs
        );
        Assert.True(reported <= 0.05 * Runs, $"{reported} of {Runs}");
    }

    [Fact]
    public void Also_when_losses_are_rare_errors_or_have_a_heavy_tail()
    {
        const int Runs = 100;
        foreach (var draw in new Func<RandomSource, double>[] { r => r.NextDouble() < 0.005 ? 1 : 0, r => Math.Exp(2 * r.NextGaussian()) })
        {
            var reported = Simulations.Count(
                6106,
                random =>
                {
                    var table = PlantedRows.Draw(3000, 8, 0, 0, random).Table;
                    double[] losses = [.. Enumerable.Range(0, table.Rows).Select(_ => draw(random))];
                    return SliceSearch
                            .Find(table, losses, new SliceSearchOptions { Parallelism = 1, Seed = random.NextUInt64() })
                            .Findings.Count > 0;
                },
                Runs
            );
            Assert.True(reported <= 0.05 * Runs, $"{reported} of {Runs}");
        }
    }

    [Fact]
    public void The_scan_finds_what_trying_every_slice_finds() =>
        Prop.ForAll(
                Gen.Choose(0, 100_000).ToArbitrary(),
                seed =>
                {
                    var random = new RandomSource((ulong)seed);
                    SliceFeature[] features =
                    [
                        .. Enumerable.Range(0, 4).Select(f => new SliceFeature($"f{f}", Codes(random), 3, f % 2 == 0)),
                    ];
                    var table = new SliceTable(features);
                    double[] losses = [.. Enumerable.Range(0, table.Rows).Select(_ => Math.Round(random.NextDouble() * 4))];
                    int[] all = [.. Enumerable.Range(0, table.Rows)];
                    var options = new SliceSearchOptions { MinimumShare = 0.05, MinimumRows = 10 };
                    var half = new SearchHalf(table, all, [.. losses]);
                    var space = new PredicateSpace(table, options, table.Rows);
                    var found = SliceClimb.Best(half, space, SliceScan.Run(half, space, CancellationToken.None), CancellationToken.None);
                    return Math.Abs(Exhaustive(table, losses, space) - found!.Score) < 1e-3;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(77, 13));

    private static byte[] Codes(RandomSource random) => [.. Enumerable.Range(0, 400).Select(_ => (byte)random.NextInt(4))];

    private static double Exhaustive(SliceTable table, double[] losses, PredicateSpace space)
    {
        var mean = losses.Average();
        var variance = losses.Average(l => (l - mean) * (l - mean));
        var best = double.NegativeInfinity;
        foreach (var predicates in Conjunctions(table, space, 0))
        {
            var matches = table.Match(predicates);
            var rows = matches.Count(m => m);
            if (predicates.Length == 0 || rows < space.LeastRows || rows > space.MostRows)
                continue;
            var excess = losses.Where((_, i) => matches[i]).Sum() - rows * mean;
            if (excess > 0)
                best = Math.Max(best, excess * excess / (2 * variance * rows * (1 - rows / (double)table.Rows)) - space.Cost(predicates));
        }

        return best;
    }

    private static IEnumerable<SlicePredicate[]> Conjunctions(SliceTable table, PredicateSpace space, int from)
    {
        yield return [];
        for (var f = from; f < table.Features.Count; f++)
        {
            foreach (var (first, last) in space.Of(f).ToArray())
            {
                foreach (var rest in Conjunctions(table, space, f + 1).Where(rest => rest.Length < 3))
                    yield return [new SlicePredicate(f, first, last), .. rest];
            }
        }
    }
}
