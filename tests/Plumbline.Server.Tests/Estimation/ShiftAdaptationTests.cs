using Plumbline.Monitoring.Estimation;
using Plumbline.Registry.Models;
using Plumbline.Statistics;
using static Plumbline.Server.Tests.Estimation.EstimationWorld;

namespace Plumbline.Server.Tests.Estimation;

/// <summary>Estimates on demand for rows that come from another part of the input space than most of the reference.</summary>
public sealed class ShiftAdaptationTests(TestHost host)
{
    [Fact]
    public async Task Where_calibration_depends_on_the_inputs_the_adapted_estimate_is_nearer_to_the_truth()
    {
        var model = await CreateAsync(host, "binary");
        await PutReferenceAsync(host, model, World(4000, 31, onlyLarge: false));
        var current = World(1500, 32, onlyLarge: true);
        await PostAsync(host, model, 0, current.Take(1000).ToList());
        await PostAsync(host, model, 1, current.Skip(1000).ToList());
        await host.WaitUntilComputedAsync(model.Name);

        var estimates = await EstimateAsync(model, 0, 2);
        Assert.Equal(1500, estimates!.Rows);
        // Precision: positive answers come true with probability s here, with less in the mixture that the reference is.
        var truth = current.Where(row => row.Answer == "1").Average(row => row.Score);
        var (adapted, plain) = (Precision(estimates.Adapted), Precision(estimates.Plain));
        Assert.True(
            Math.Abs(adapted.Value!.Value - truth) < 0.5 * Math.Abs(plain.Value!.Value - truth),
            $"truth {truth}, adapted {adapted.Value}, plain {plain.Value}"
        );
        Assert.InRange(truth, adapted.Lower!.Value - 0.02, adapted.Upper!.Value + 0.02);

        // A part of it, by time and by segment.
        Assert.Equal(1000, (await EstimateAsync(model, 0, 1))!.Rows);
        Assert.Equal(current.Count(row => row.Country == "FR"), (await EstimateAsync(model, 0, 2, "country=FR"))!.Rows);
        Assert.Null(await EstimateAsync(model, 5, 6));
        Assert.Null(await EstimateAsync(model, 0, 2, "country=XX"));
    }

    [Fact]
    public async Task Without_ground_truth_in_the_reference_there_is_none()
    {
        var model = await CreateAsync(host, "binary");
        await PutReferenceAsync(host, model, World(500, 33, onlyLarge: false), withGroundTruth: false);
        await PostAsync(host, model, 0, World(200, 34, onlyLarge: true));
        await host.WaitUntilComputedAsync(model.Name);
        Assert.Null(await EstimateAsync(model, 0, 1));
    }

    /// <summary>Amounts below 50: a score s comes true with probability s²; above: with probability s.</summary>
    private static List<WorldRow> World(int rows, ulong seed, bool onlyLarge)
    {
        var random = new RandomSource(seed);
        return
        [
            .. Enumerable
                .Range(0, rows)
                .Select(i =>
                {
                    var (score, amount) = (
                        Math.Round(random.NextDouble(), 4),
                        Math.Round((onlyLarge ? 50 : 0) + ((onlyLarge ? 50 : 100) * random.NextDouble()), 3)
                    );
                    var chance = amount < 50 ? score * score : score;
                    return new WorldRow(
                        random.NextInt(2) == 0 ? "FR" : "DE",
                        amount,
                        score >= 0.5 ? "1" : "0",
                        score,
                        random.NextDouble() < chance ? "1" : "0"
                    )
                    {
                        Id = $"{seed}-{i}",
                    };
                }),
        ];
    }

    private static Estimate Precision(IReadOnlyList<NamedEstimate> estimates) =>
        estimates.Single(estimate => estimate.Name == "precision").Value;

    private Task<AdaptedEstimates?> EstimateAsync(ModelDefinition model, int fromHour, int toHour, string segment = "") =>
        host.Get<ShiftAdaptation>()
            .EstimateAsync(
                host.Get<ModelCatalog>().Find(model.Id)!,
                Start.AddHours(fromHour),
                Start.AddHours(toHour),
                "",
                segment,
                default
            );
}
