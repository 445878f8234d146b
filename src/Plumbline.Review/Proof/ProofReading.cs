using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Tasks;
using Plumbline.Statistics;
using Plumbline.Statistics.Sequential;
using Plumbline.Store;

namespace Plumbline.Review.Proof;

/// <summary>Whether a version is better than the one that answered, on the very cases that asked for it and on the whole.</summary>
public sealed class ProofReading
{
    /// <summary>Share of the old version's mean error that a new one may be worse by, of numbers.</summary>
    private const double MarginOfErrors = 0.01;

    /// <summary>Points of accuracy that a new one may be worse by.</summary>
    private const double MarginOfShares = 0.01;

    private const int IdsAtOnce = 500;

    private readonly HeldOutAnswers _answers;
    private readonly HeldOutCases _heldOut;
    private readonly ShadowCases _shadow;
    private readonly IDbContextFactory<StateDbContext> _state;

    public ProofReading(IColumnStore store, HeldOutAnswers answers, IDbContextFactory<StateDbContext> state, TimeProvider time)
    {
        (_answers, _state) = (answers, state);
        (_heldOut, _shadow) = (new HeldOutCases(store, answers), new ShadowCases(store, time));
    }

    /// <summary>Compares a version with the answers of the time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="version">The new version.</param>
    /// <param name="margin">
    /// How much worse it may be on the whole, in points of accuracy / 100 or in the unit of the errors; null for a hundredth: of 1, or of
    /// the old mean error.
    /// </param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<VersionProof> ReadAsync(ModelDefinition model, string version, double? margin, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var areShares = model.Task != ModelTask.Regression;
        var given = await _answers.ReadAsync(model, version, cancellation) is [var newest, ..] ? newest : null;
        IReadOnlyList<ProofSlice> heldOut = [];
        if (given is not null)
        {
            var cases = await _heldOut.ReadAsync(model, given, cancellation);
            var scores = await ScoresAsync(model, cases, cancellation);
            heldOut = ProofSlices.Of(cases, areShares, model.SegmentKeys, one => scores.GetValueOrDefault(one.PredictionId));
        }

        var live = Live(await _shadow.ReadAsync(model, version, cancellation), areShares, model);
        var before = heldOut is [var all, ..] ? all.Compared.Before.Value : null;
        var allowed = margin ?? (areShares ? MarginOfShares : MarginOfErrors * -(before ?? 0));
        var (verdict, reasons) = ProofVerdict.Of(heldOut, live, allowed, areShares);
        return new VersionProof(version, given?.Dataset, heldOut, live, allowed, verdict, reasons);
    }

    private static LiveProof Live(ShadowTraffic traffic, bool areShares, ModelDefinition model)
    {
        var slices = traffic.Labelled.Count == 0 ? [] : ProofSlices.Of(traffic.Labelled, areShares, model.SegmentKeys, _ => null);
        Interval? anyTime = null;
        if (areShares && traffic.Labelled.Count > 0)
        {
            // A difference lies in [-1, 1].
            var sequence = new EmpiricalBernsteinSequence();
            foreach (var one in traffic.Labelled)
                sequence.Add((one.After - one.Before + 1) / 2);
            anyTime = new Interval(2 * sequence.Interval.Lower - 1, 2 * sequence.Interval.Upper - 1);
        }

        return new LiveProof(
            traffic.Pairs,
            traffic.Pairs == 0 ? null : (double)traffic.Same / traffic.Pairs,
            traffic.From,
            slices,
            anyTime
        );
    }

    /// <summary>By prediction: the score that made most of its task.</summary>
    private async Task<Dictionary<string, string>> ScoresAsync(
        ModelDefinition model,
        IReadOnlyList<ComparedCase> cases,
        CancellationToken cancellation
    )
    {
        var scores = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var db = await _state.CreateDbContextAsync(cancellation);
        foreach (var ids in cases.Where(one => one.Reason == "score").Select(one => one.PredictionId).Chunk(IdsAtOnce))
        {
            var tasks = await db
                .ReviewTasks.AsNoTracking()
                .Where(task => task.ModelId == model.Id && ids.Contains(task.PredictionId))
                .Select(task => new { task.PredictionId, task.Evidence })
                .ToListAsync(cancellation);
            foreach (var task in tasks)
            {
                if (TaskEvidence.Read(task.Evidence).Reasons is [var strongest, ..])
                    scores[task.PredictionId] = strongest.Score;
            }
        }

        return scores;
    }
}
