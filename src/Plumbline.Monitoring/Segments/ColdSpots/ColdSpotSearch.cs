using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Slices;

namespace Plumbline.Monitoring.Segments.ColdSpots;

/// <summary>One search: which loss can be had, its rows, the slices, their traffic.</summary>
public sealed class ColdSpotSearch(
    ColdSpotRows rows,
    ColdSpotFeatures features,
    BaselineCatalog baselines,
    EstimatorCatalog estimators,
    TimeProvider time
)
{
    private const string NoReference =
        "The model has no reference yet, and so no bins for its features: PUT one, or wait for its first complete days, "
        + "of 1,000 predictions together.";

    /// <summary>Rows with ground truth from which on errors are searched without being asked for.</summary>
    public const int LeastLabelled = 1_000;

    /// <summary>Ids of the worst predictions of a slice.</summary>
    public const int MaxExamples = 10;

    // Which half of the rows only confirms. The same for every model: the same rows give the same slices on every server.
    private const ulong Seed = 1;

    // Reading is about a third of the time.
    private const double ReadingShare = 0.3;

    /// <summary>Searches; a report with a reason when there is nothing to search.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="progress">Told 0 .. 1.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<ColdSpotReport> RunAsync(
        ModelDefinition model,
        ColdSpotRequest request,
        IProgress<double> progress,
        CancellationToken cancellation
    )
    {
        var to = time.GetUtcNow();
        var scope = new ColdSpotScope(model, to - TimeSpan.FromDays(request.Days), to, request.Version);
        var counts = await rows.CountAsync(scope, cancellation);
        var estimator =
            request.Loss is ColdSpotLoss.Auto or ColdSpotLoss.EstimatedError && model.Task != ModelTask.Regression
                ? (await estimators.FindAsync(model, cancellation)).Answers
                : null;
        var loss = request.Loss == ColdSpotLoss.Auto ? Choose(model, counts, estimator) : request.Loss;
        if (loss != ColdSpotLoss.EstimatedError)
            estimator = null;
        var report = new ColdSpotReport
        {
            Loss = loss,
            Signal = request.Signal,
            From = scope.From,
            To = scope.To,
            Version = request.Version,
            AskedBy = request.AskedBy,
            ComputedAt = to,
            Predictions = counts.Predictions,
            Rows = 0,
            Features = 0,
            FeaturesLeftOut = model.Features.Length,
            ColdSpots = [],
        };
        if (baselines.Find(model) is not { } baseline)
        {
            return report with { Reason = NoReference };
        }

        if (WhyNot(loss, counts, estimator) is { } reason)
            return report with { Reason = reason };
        var usable = await features.ReadAsync(model, baseline, cancellation);
        report = report with { Features = usable.Count, FeaturesLeftOut = model.Features.Length - usable.Count };
        if (usable.Count == 0)
        {
            return report with
            {
                Reason = "None of the model's features can be searched: the reference has no values of them, or too many different ones.",
            };
        }

        progress.Report(0.05);
        var sample = await rows.ReadAsync(
            scope,
            loss,
            request.Signal is null ? null : model.FindSignal(request.Signal),
            estimator,
            usable,
            cancellation
        );
        progress.Report(ReadingShare);
        if (sample.Table is null)
            return report with { Reason = "No prediction of the period has such a loss." };
        var found = await Task.Run(
            () =>
                SliceSearch.Find(
                    sample.Table,
                    sample.Losses,
                    new SliceSearchOptions { Seed = Seed, Parallelism = Math.Max(1, Environment.ProcessorCount / 2) },
                    progress: new Rest(progress),
                    ct: cancellation
                ),
            cancellation
        );
        report = report with
        {
            Rows = sample.Table.Rows,
            MeanLoss = found.MeanLoss,
            Candidates = found.Candidates,
            Reason = found.Reason is { } why ? $"Nothing was searched: {why}." : null,
        };
        return report with { ColdSpots = await DescribeAsync(scope, usable, sample, found, cancellation) };
    }

    // What can be had, the most telling first. Half of the rows only confirm, so few labelled ones find little: estimates for all rows may
    // find more.
    private static ColdSpotLoss Choose(
        ModelDefinition model,
        (long Predictions, long Labelled, long Confident) counts,
        AnswerEstimator? estimator
    )
    {
        if (counts.Labelled >= LeastLabelled || model.Task == ModelTask.Regression)
            return ColdSpotLoss.Error;
        if (estimator is not null and not ConfidenceEstimator)
            return ColdSpotLoss.EstimatedError;
        return counts.Labelled > 0 && counts.Confident == 0 ? ColdSpotLoss.Error : ColdSpotLoss.Uncertainty;
    }

    private static string? WhyNot(
        ColdSpotLoss loss,
        (long Predictions, long Labelled, long Confident) counts,
        AnswerEstimator? estimator
    ) =>
        loss switch
        {
            _ when counts.Predictions == 0 => "There are no answered predictions in the period.",
            ColdSpotLoss.Error or ColdSpotLoss.Overconfidence when counts.Labelled == 0 =>
                "None of the period's predictions has ground truth yet.",
            ColdSpotLoss.Overconfidence or ColdSpotLoss.Uncertainty when counts.Confident == 0 =>
                "None of the period's predictions has a confidence: send score or probabilities.",
            ColdSpotLoss.EstimatedError when estimator is null or ConfidenceEstimator =>
                "Errors cannot be estimated: the reference needs scores and ground truth of several classes.",
            _ => null,
        };

    private async Task<IReadOnlyList<ColdSpot>> DescribeAsync(
        ColdSpotScope scope,
        IReadOnlyList<ColdSpotFeature> usable,
        ColdSpotSample sample,
        SliceSearchResult found,
        CancellationToken cancellation
    )
    {
        if (found.Findings.Count == 0)
            return [];
        var (now, before) = await rows.TrafficAsync(scope, usable, [.. found.Findings.Select(finding => finding.Predicates)], cancellation);
        var spots = new List<ColdSpot>();
        foreach (var finding in found.Findings)
        {
            var i = spots.Count;
            var conditions = finding
                .Predicates.Select(predicate =>
                    (Feature: usable[predicate.Feature], Condition: usable[predicate.Feature].Describe(predicate))
                )
                .ToList();
            var filters = conditions.Select(one => one.Feature.Filters(one.Condition)).ToList();
            var share = now.All > 0 ? now.Slices[i] / (double)now.All : (double?)null;
            var previous = before.All > 0 ? before.Slices[i] / (double)before.All : (double?)null;
            spots.Add(
                new ColdSpot
                {
                    Number = i + 1,
                    Text = string.Join(" and ", conditions.Select(one => one.Condition.Text)),
                    Conditions = [.. conditions.Select(one => one.Condition)],
                    Filters = filters.Contains(null) ? null : [.. filters.SelectMany(filter => filter!)],
                    Rows = finding.Rows,
                    Share = finding.Share,
                    LossInside = finding.LossInside,
                    LossOutside = finding.LossOutside,
                    Difference = finding.Difference.Value!.Value,
                    Lower = finding.Difference.Lower,
                    Upper = finding.Difference.Upper,
                    PValue = finding.PValue,
                    Excess = finding.ExcessLoss,
                    ShareOfLoss = finding.ShareOfLoss,
                    TrafficRows = now.Slices[i],
                    TrafficShare = share,
                    PreviousTrafficShare = previous,
                    TrafficGrowth = previous > 0 ? share / previous - 1 : null,
                    Examples = Worst(sample, finding.Predicates),
                }
            );
        }

        return spots;
    }

    // Between equals the order of the sample, which is random and always the same.
    private static IReadOnlyList<string> Worst(ColdSpotSample sample, IReadOnlyList<SlicePredicate> predicates)
    {
        var inside = sample.Table!.Match(predicates);
        return
        [
            .. Enumerable
                .Range(0, inside.Length)
                .Where(row => inside[row])
                .OrderByDescending(row => sample.Losses[row])
                .Take(MaxExamples)
                .Select(row => sample.Ids[row]),
        ];
    }

    private sealed class Rest(IProgress<double> whole) : IProgress<double>
    {
        public void Report(double value) => whole.Report(ReadingShare + ((1 - ReadingShare) * value));
    }
}
