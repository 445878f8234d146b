using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Scores;

/// <summary>The scores that a model's predictions can have.</summary>
public sealed class PredictionScores(ScoreFitting fitting, ColdSpotReader coldSpots)
{
    private static readonly DateTimeOffset Earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2299, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The scores of the predictions in [from, to).</summary>
    /// <param name="model">The model.</param>
    /// <param name="from">Null: from the first.</param>
    /// <param name="to">Null: to the last.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<ScoreSet> OfAsync(ModelDefinition model, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var fit = await fitting.OfAsync(model, cancellation);
        var slices = MembershipScores.ColdSpots(model, (await coldSpots.ReadAsync(model, cancellation)).Result);
        var (first, last) = (from ?? Earliest, to ?? Latest);
        List<PredictionScore?> scores =
        [
            ErrorScores.Error(model, fit),
            ErrorScores.Cost(model, fit),
            .. UncertaintyScores.Of(model, fit),
            OddityScore.Of(fit),
            MembershipScores.Disagreement(model, fit, first, last),
            MembershipScores.Complaint(model, first, last),
            MembershipScores.ColdSpot(slices),
            MembershipScores.Guard(),
        ];
        List<PredictionScore> known = [.. scores.OfType<PredictionScore>()];
        var gaps = ScoreKind
            .All.Where(kind => kind.Fits(model) && !known.Exists(score => score.Kind == kind))
            .ToDictionary(kind => kind, kind => Gap(kind, model, fit));
        return new ScoreSet(known, gaps, fit) { ColdSpotWeight = MembershipScores.ColdSpotWeight(slices) };
    }

    private static string Gap(ScoreKind kind, ModelDefinition model, ScoreFit fit) =>
        kind == ScoreKind.Complaint ? "no business signal is declared as bad when it rises"
        : kind == ScoreKind.ColdSpot ? "no cold spot is known"
        : kind == ScoreKind.ExpectedCost && model.Cost is null ? "no costs are declared"
        : kind == ScoreKind.ExpectedCost ? "the declared costs need class probabilities, or ground truth in the reference"
        : fit.Rows == 0 ? "the model has no reference"
        : kind == ScoreKind.ExpectedError ? "the reference has too little ground truth"
        : "the reference has no feature that can be looked at";
}
