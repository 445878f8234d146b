using Plumbline.Statistics.Intervals;

namespace Plumbline.Statistics.Decomposition;

/// <summary>
/// Explains a change of a mean outcome (loss, error rate, business signal) between two periods or two versions: how much is due to traffic
/// moving between segments, how much to other inputs within segments, and how much to other outcomes of the same inputs.
/// <para>
/// With shares w and means m of segment s: mix = (w1 - w0)((m0 + m1)/2 - (L0 + L1)/2), and the change within, (w0 + w1)/2 (m1 - m0), is
/// split over the cells c of inputs with shares v and means u into covariate = (w0 + w1)/2 sum (v1 - v0)(u0 + u1)/2 and concept = (w0 +
/// w1)/2 sum (v0 + v1)/2 (u1 - u0). Kitagawa (1955) is the two-factor formula; it is the Shapley value of two players (Shorrocks 2013),
/// here used twice, nested (Owen 1977), so that refining the inputs leaves the mix as it was. The parts add up without remainder and
/// exchanging the periods only changes their signs. Subtracting the overall level (L0 + L1)/2 changes no total, since shares add up to one,
/// and gives each segment's mix its meaning: growing while better than the rest helps.
/// </para>
/// </summary>
public static class ChangeDecomposition
{
    /// <summary>Share of traffic that must have moved against the overall mean to call it Simpson's paradox.</summary>
    public const double SimpsonShare = 0.9;

    /// <summary>
    /// Splits the change. Rows of the first period and of the second are independent draws as far as standard errors are concerned.
    /// </summary>
    /// <param name="segments">All rows of both periods, each in exactly one segment.</param>
    /// <exception cref="ArgumentException">There is no segment, two have the same name, or an effect is not finite.</exception>
    public static ChangeExplanation Of(IReadOnlyList<SegmentChange> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        Check(segments);
        var rowsBefore = segments.Sum(segment => segment.Before.Rows);
        var rowsAfter = segments.Sum(segment => segment.After.Rows);
        if (rowsBefore == 0 || rowsAfter == 0)
            return Nothing(segments, (long)rowsBefore, (long)rowsAfter);
        SegmentTerms[] terms = [.. segments.Select(segment => new SegmentTerms(segment, rowsBefore, rowsAfter))];
        var before = PeriodSpread.Of(terms.SelectMany(term => term.Cells).Select(cell => cell.Rows.Before));
        var after = PeriodSpread.Of(terms.SelectMany(term => term.Cells).Select(cell => cell.Rows.After));
        ContributionErrors[] errors = [.. terms.Select(term => new ContributionErrors(term, before, after))];
        var (levelBefore, levelAfter) = (terms.Sum(t => t.WeightBefore * t.MeanBefore), terms.Sum(t => t.WeightAfter * t.MeanAfter));
        SegmentContribution[] contributions =
        [
            .. terms.Zip(errors, (term, error) => Contribution(term, error, 0.5 * (levelBefore + levelAfter), before, after)),
        ];
        var total = ContributionErrors.Total(errors, before, after);
        var observed = Part(levelAfter - levelBefore, before.Variance / before.Rows + after.Variance / after.Rows, before, after);
        var explanation = new ChangeExplanation
        {
            Before = levelBefore,
            After = levelAfter,
            Observed = observed,
            Mix = Part(contributions.Sum(c => c.Mix.Value!.Value), total.Mix, before, after),
            Covariate = Part(contributions.Sum(c => c.Covariate.Value!.Value), total.Covariate, before, after),
            Concept = Part(contributions.Sum(c => c.Concept.Value!.Value), total.Concept, before, after),
            Segments = contributions,
            ShareMovedAgainst = ShareMovedAgainst(terms, levelAfter - levelBefore),
            IsSimpsonsParadox = false,
        };
        return explanation with { IsSimpsonsParadox = IsReversal(explanation, terms, before, after) };
    }

    private static SegmentContribution Contribution(
        SegmentTerms term,
        ContributionErrors error,
        double level,
        PeriodSpread before,
        PeriodSpread after
    )
    {
        var own = error.Own(before, after);
        return new SegmentContribution
        {
            Segment = term.Change.Segment,
            ShareBefore = term.WeightBefore,
            ShareAfter = term.WeightAfter,
            MeanBefore = term.Change.Before.Rows > 0 ? term.MeanBefore : null,
            MeanAfter = term.Change.After.Rows > 0 ? term.MeanAfter : null,
            Mix = Part(term.WeightChange * (term.MiddleMean - level), own.Mix, before, after),
            Covariate = Part(term.MiddleWeight * term.WithinCovariate, own.Covariate, before, after),
            Concept = Part(term.MiddleWeight * term.WithinConcept, own.Concept, before, after),
            TellsCovariateFromConcept = term.TellsCovariateFromConcept,
        };
    }

    private static Estimate Part(double value, double variance, PeriodSpread before, PeriodSpread after)
    {
        var estimate = Estimate.Of(value, (long)before.Rows, (long)after.Rows);
        var error = Math.Sqrt(variance);
        return double.IsFinite(error) ? estimate.With(Confidence.Normal(value, error)).WithStandardError(error) : estimate;
    }

    private static double? ShareMovedAgainst(SegmentTerms[] terms, double observed)
    {
        var shared = terms.Where(term => term.IsShared).Sum(term => term.MiddleWeight);
        return observed == 0 || shared == 0
            ? null
            : terms.Where(term => term.IsShared && (term.MeanAfter - term.MeanBefore) * observed < 0).Sum(term => term.MiddleWeight)
                / shared;
    }

    private static bool IsReversal(ChangeExplanation explanation, SegmentTerms[] terms, PeriodSpread before, PeriodSpread after)
    {
        if (explanation.ShareMovedAgainst is not { } share || share < SimpsonShare)
            return false;
        // The variance of the change within as a whole is not the sum of its parts': they hang together. Without the cells it is the
        // concept part alone.
        SegmentTerms[] whole =
        [
            .. terms.Select(term => new SegmentTerms(
                new SegmentChange(term.Change.Segment, term.Change.Before, term.Change.After),
                before.Rows,
                after.Rows
            )),
        ];
        var within = whole.Sum(term => term.MiddleWeight * term.WithinConcept);
        var variance = ContributionErrors.Total(whole.Select(term => new ContributionErrors(term, before, after)), before, after).Concept;
        var observed = explanation.Observed;
        return within * observed.Value!.Value < 0 && IsClear(observed) && IsClear(Part(within, variance, before, after));
    }

    private static bool IsClear(Estimate part) => part.Lower is null || part.Lower > 0 || part.Upper < 0;

    private static void Check(IReadOnlyList<SegmentChange> segments)
    {
        if (segments.Count == 0)
            throw new ArgumentException("At least one segment is needed.", nameof(segments));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var segment in segments)
        {
            if (!names.Add(segment.Segment))
                throw new ArgumentException($"Segment '{segment.Segment}' occurs twice.", nameof(segments));
            foreach (var effect in new[] { segment.UnderEarlierLaw, segment.UnderLaterLaw })
            {
                if (
                    effect is { } known
                    && !(double.IsFinite(known.Difference) && double.IsFinite(known.StandardError) && known.StandardError >= 0)
                )
                {
                    throw new ArgumentException(
                        $"The covariate effect of segment '{segment.Segment}' is {known.Difference} with standard error "
                            + $"{known.StandardError}: both must be finite.",
                        nameof(segments)
                    );
                }
            }
        }
    }

    private static ChangeExplanation Nothing(IReadOnlyList<SegmentChange> segments, long before, long after)
    {
        var none = Estimate.Insufficient(before, after, before == 0 ? "the first period has no rows" : "the second period has no rows");
        return new ChangeExplanation
        {
            Before = before > 0 ? segments.Aggregate(OutcomeMoments.None, (sum, s) => sum.Add(s.Before)).Mean : null,
            After = after > 0 ? segments.Aggregate(OutcomeMoments.None, (sum, s) => sum.Add(s.After)).Mean : null,
            Observed = none,
            Mix = none,
            Covariate = none,
            Concept = none,
            Segments = [],
            ShareMovedAgainst = null,
            IsSimpsonsParadox = false,
        };
    }
}
