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
/// <param name="Powered">The same with cheap labels of all predictions beside the few of people; null where there are none.</param>
/// <param name="CheapLabels">The scores that were those cheap labels.</param>
public sealed record ReviewedEstimate(
    string Policy,
    DateTimeOffset? From,
    DateTimeOffset? To,
    long Population,
    int Chosen,
    int Resolved,
    Estimate Answers,
    PoweredMean? Powered,
    IReadOnlyList<ScoreKind> CheapLabels
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
        var rows = await ChosenAsync(db, stored.Id, since, cancellation);
        var resolved = rows.Where(row => row.State == (int)TaskState.Done && row.Resolved is not null).ToList();
        var areShares = model.Task != ModelTask.Regression;
        var sample = resolved.ConvertAll(row => new SampledRow(Loss(areShares, row.Answer, row.Resolved!), row.Probability));
        var (powered, by) = Powered(draws, resolved, sample, areShares);
        return new ReviewedEstimate(
            stored.Policy.Name,
            draws.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(draws[0].FromMs),
            draws.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(draws[^1].ToMs),
            draws.Sum(draw => draw.Population),
            rows.Count,
            resolved.Count,
            SampledMean.Of(sample, areShares),
            powered,
            by
        );
    }

    private static Task<List<ChosenRow>> ChosenAsync(StateDbContext db, int policy, long since, CancellationToken cancellation)
    {
        var tasks = db.ReviewTasks;
        return db
            .ReviewSelections.Where(selection => selection.PolicyId == policy)
            .Join(tasks, selection => selection.TaskId, task => task.Id, (selection, task) => new { selection.Probability, Task = task })
            .Where(row => row.Task.TimestampMs >= since)
            .OrderByDescending(row => row.Task.Id)
            .Take(MostTasks)
            .Select(row => new ChosenRow(row.Probability, row.Task.State, row.Task.Answer, row.Task.Resolved, row.Task.Evidence))
            .ToListAsync(cancellation);
    }

    private static (PoweredMean? Mean, IReadOnlyList<ScoreKind> By) Powered(
        List<ReviewDrawRow> draws,
        List<ChosenRow> resolved,
        List<SampledRow> sample,
        bool areShares
    )
    {
        var filled = draws.Where(draw => draw.Population > 0).ToList();
        var population = filled.Sum(draw => draw.Population);
        if (population == 0 || resolved.Count < 2)
            return (null, []);
        var scores = resolved.ConvertAll(row => TaskEvidence.Read(row.Evidence).Scores);
        var means = filled.ConvertAll(CheapLabels.Of);
        // Those that all predictions have that were drawn from, and that do not say the same of all.
        ScoreKind[] by =
        [
            .. CheapLabels.Kinds.Where(kind =>
                means.TrueForAll(known => known.ContainsKey(kind.Name))
                && scores.TrueForAll(of => of.TryGetValue(kind.Name, out var score) && double.IsFinite(score))
                && (kind == ScoreKind.ExpectedError || scores.Exists(of => of[kind.Name] != scores[0][kind.Name]))
            ),
        ];
        if (by.Length == 0)
            return (null, []);
        by = by[..CombinedPredictions.Followed(resolved.Count, by.Length)];
        var rows = sample.Zip(
            scores,
            (row, of) => new CombinedRow(row.Value, [.. by.Select(kind => Said(kind, of[kind.Name]))], row.Probability)
        );
        var all = by.Select(kind => Said(kind, filled.Zip(means, (draw, of) => draw.Population * of[kind.Name]).Sum() / population));
        return (CombinedPredictions.Mean([.. rows], [.. all], population, areShares), by);

        double Said(ScoreKind kind, double score) => areShares && kind == ScoreKind.ExpectedError ? 1 - score : score;
    }

    // 1 for a right answer; of numbers, how far off.
    private static double Loss(bool areShares, string answer, string resolved) =>
        areShares ? (answer == resolved ? 1 : 0)
        : double.TryParse(answer, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Math.Abs(number - double.Parse(resolved, CultureInfo.InvariantCulture))
        : 0;

    /// <summary>A prediction that the policy chose.</summary>
    private sealed record ChosenRow(double Probability, int State, string Answer, string? Resolved, string Evidence);
}
