using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;
using Plumbline.Statistics;
using Plumbline.Statistics.Sampling;

namespace Plumbline.Review.Estimates;

/// <summary>What the answers to a policy's tasks say of all predictions that it drew from.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="From">Beginning of the first draw that counts; null without any.</param>
/// <param name="To">End of the last one.</param>
/// <param name="Population">Predictions that were drawn from.</param>
/// <param name="Chosen">Those that became tasks.</param>
/// <param name="Resolved">Those whose task came to a value.</param>
/// <param name="Answers">
/// Accuracy, or mean absolute error, of all of them by the resolved ones, each weighted by 1 / probability.
/// </param>
/// <param name="Powered">
/// The same with the expected errors of all predictions as cheap labels beside the few of people; null where those are not known.
/// </param>
public sealed record ReviewedEstimate(
    string Policy,
    DateTimeOffset? From,
    DateTimeOffset? To,
    long Population,
    int Chosen,
    int Resolved,
    Estimate Answers,
    PoweredMean? Powered
)
{
    /// <summary>
    /// Share of the chosen that came to a value; the estimate speaks for the others only as far as chance left them open.
    /// </summary>
    public double? ResolvedShare => Chosen == 0 ? null : (double)Resolved / Chosen;
}

/// <summary>
/// Performance of all traffic from what people answered. Tasks are chosen with known, unequal probabilities, so their plain mean would
/// speak of the odd and uncertain ones only.
/// </summary>
public sealed class ReviewedPerformance(IDbContextFactory<StateDbContext> state, PolicyStore policies, TimeProvider time)
{
    /// <summary>Tasks of one policy that are looked at, the newest.</summary>
    private const int MostTasks = 200_000;

    /// <summary>What the answers of the last days say, policy by policy.</summary>
    public async Task<IReadOnlyList<ReviewedEstimate>> ReadAsync(ModelDefinition model, int days, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var since = (time.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var estimates = new List<ReviewedEstimate>();
        foreach (var stored in await policies.ReadAsync(model, cancellation))
            estimates.Add(await OfAsync(db, model, stored, since, cancellation));
        return estimates;
    }

    private static async Task<ReviewedEstimate> OfAsync(
        StateDbContext db,
        ModelDefinition model,
        StoredPolicy stored,
        long since,
        CancellationToken cancellation
    )
    {
        var draws = await db
            .ReviewDraws.AsNoTracking()
            .Where(row => row.PolicyId == stored.Id && row.FromMs >= since)
            .OrderBy(row => row.FromMs)
            .ToListAsync(cancellation);
        var tasks = db.ReviewTasks;
        var rows = await db
            .ReviewSelections.Where(selection => selection.PolicyId == stored.Id)
            .Join(
                tasks,
                selection => selection.TaskId,
                task => task.Id,
                (selection, task) =>
                    new
                    {
                        selection.Probability,
                        task.Id,
                        task.TimestampMs,
                        task.State,
                        task.Answer,
                        task.Resolved,
                        task.Evidence,
                    }
            )
            .Where(row => row.TimestampMs >= since)
            .OrderByDescending(row => row.Id)
            .Take(MostTasks)
            .ToListAsync(cancellation);
        var resolved = rows.Where(row => row.State == (int)TaskState.Done && row.Resolved is not null).ToList();
        var areShares = model.Task != ModelTask.Regression;
        var sample = resolved.ConvertAll(row => new SampledRow(Loss(areShares, row.Answer, row.Resolved!), row.Probability));
        var population = draws.Sum(draw => draw.Population);
        return new ReviewedEstimate(
            stored.Policy.Name,
            draws.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(draws[0].FromMs),
            draws.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(draws[^1].ToMs),
            population,
            rows.Count,
            resolved.Count,
            SampledMean.Of(sample, areShares),
            Powered()
        );

        PoweredMean? Powered()
        {
            if (population == 0 || resolved.Count < 2 || draws.Exists(draw => draw.Population > 0 && draw.MeanExpected is null))
                return null;
            var powered = new List<PoweredRow>(resolved.Count);
            foreach (var (row, measured) in resolved.Zip(sample))
            {
                if (!TaskEvidence.Read(row.Evidence).Scores.TryGetValue(ScoreKind.ExpectedError.Name, out var wrong))
                    return null;
                powered.Add(new PoweredRow(measured.Value, Expected(areShares, wrong), measured.Probability));
            }

            var mean = draws.Sum(draw => draw.Population * (draw.MeanExpected ?? 0)) / population;
            return PredictionPoweredMean.Of(powered, Expected(areShares, mean), population, areShares);
        }
    }

    // 1 for a right answer; of numbers, how far off.
    private static double Loss(bool areShares, string answer, string resolved) =>
        areShares ? (answer == resolved ? 1 : 0)
        : double.TryParse(answer, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Math.Abs(number - double.Parse(resolved, CultureInfo.InvariantCulture))
        : 0;

    private static double Expected(bool areShares, double wrong) => areShares ? 1 - wrong : wrong;
}
