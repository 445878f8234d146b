namespace Plumbline.Statistics.Slices;

/// <summary>
/// Searches for slices of one to three conditions (feature = category, feature in an interval of bins, feature missing) whose rows have a
/// higher mean loss than the rest.
/// <para>
/// One random half of the rows is searched: the slice that explains its losses best, given the length of its description, is taken, what it
/// explains is removed, and the search goes on with what is left; so of a slice, its parents and its children only the one that explains
/// the losses is kept. The short list is tested on the other half with Holm's adjustment: whatever the search did, the chance to report
/// anything where no slice is worse is at most the level, and the differences reported are honest. Both rest on rows that are independent
/// of each other; several rows of the same customer on both sides are not.
/// </para>
/// </summary>
public static class SliceSearch
{
    /// <summary>Searches; deterministic for a given seed, whatever the number of processors.</summary>
    /// <param name="table">The rows as binned features.</param>
    /// <param name="losses">Loss of each row, finite; larger is worse (negate a signal whose larger values are good).</param>
    /// <param name="previous">Rows of an earlier period with the same features and bins, for the growth of traffic; null when there are
    /// none.</param>
    /// <param name="progress">Told the share of the findings that were looked for, 0 .. 1.</param>
    /// <exception cref="ArgumentException">Lengths differ, a loss is not finite, or the earlier period's features are others.</exception>
    public static SliceSearchResult Find(
        SliceTable table,
        ReadOnlySpan<double> losses,
        SliceSearchOptions? options = null,
        SliceTable? previous = null,
        IProgress<double>? progress = null,
        CancellationToken ct = default
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        options ??= new SliceSearchOptions();
        options.Check();
        Require.SameLength(table.Rows, losses.Length, nameof(losses));
        Require.Finite(losses);
        RequireSameFeatures(table, previous);
        var mean = losses.IsEmpty ? 0 : Moments.Of(losses).Mean;
        var fewest = Math.Max(4 * options.MinimumRows, 40);
        if (table.Rows < fewest)
            return Nothing(mean, $"{table.Rows} rows, {fewest} are needed");
        if (losses.IndexOfAnyExcept(losses[0]) < 0)
            return Nothing(mean, "all rows have the same loss");

        var (search, confirm) = Split(table.Rows, options.Seed);
        var candidates = Candidates(table, Take(losses, search), search, options, progress, ct);
        bool[][] matches = [.. candidates.Select(c => table.Match(c.Predicates))];
        var findings = Confirm(table, losses, confirm, candidates, matches, options, previous, mean);
        progress?.Report(1);
        return new SliceSearchResult
        {
            Findings = findings,
            SearchRows = search.Length,
            ConfirmationRows = confirm.Length,
            Candidates = candidates.Length,
            MeanLoss = mean,
        };
    }

    private static Candidate[] Candidates(
        SliceTable table,
        double[] losses,
        int[] rows,
        SliceSearchOptions options,
        IProgress<double>? progress,
        CancellationToken ct
    )
    {
        var half = new SearchHalf(table, rows, losses);
        var space = new PredicateSpace(table, options, rows.Length);
        List<Candidate> found = [];
        var isInside = false;
        while (found.Count < options.MaximumFindings)
        {
            ct.ThrowIfCancellationRequested();
            var best = SliceClimb.Best(half, space, SliceScan.Run(half, space, ct), ct);
            if (best is not { Score: > 0 })
            {
                if (isInside || found.Count == 0)
                    break;
                isInside = true;
                half.CountInside();
                continue;
            }

            found.Add(best);
            half.Remove(best.Predicates);
            progress?.Report(found.Count / (options.MaximumFindings + 1.0));
        }

        return
        [
            .. WithoutExplainedParents(half, space, found, losses)
                .Where(c => table.Count(c.Predicates) >= Math.Max(options.MinimumRows, options.MinimumShare * table.Rows)),
        ];
    }

    // A slice that was taken first, and of which a later one inside it is all that is bad, was only its shadow.
    private static IEnumerable<Candidate> WithoutExplainedParents(
        SearchHalf half,
        PredicateSpace space,
        List<Candidate> found,
        double[] losses
    )
    {
        bool[][] matches = [.. found.Select(c => half.Match(c.Predicates))];
        for (var i = 0; i < found.Count; i++)
        {
            var inside = new bool[half.Rows];
            var hasChild = false;
            for (var j = i + 1; j < found.Count; j++)
            {
                if (Shared(matches[i], matches[j]) < 0.8 * matches[j].Count(m => m))
                    continue;
                hasChild = true;
                for (var row = 0; row < inside.Length; row++)
                    inside[row] |= matches[j][row];
            }

            if (!hasChild || half.GainWithout(matches[i], inside, losses).Gain > space.Cost(found[i].Predicates))
                yield return found[i];
        }
    }

    private static List<SliceFinding> Confirm(
        SliceTable table,
        ReadOnlySpan<double> losses,
        int[] rows,
        Candidate[] candidates,
        bool[][] matches,
        SliceSearchOptions options,
        SliceTable? previous,
        double mean
    )
    {
        var confirmation = new SliceConfirmation(Take(losses, rows));
        var tested = matches.Select(slice => confirmation.Test(Array.ConvertAll(rows, row => slice[row]))).ToArray();
        var adjusted = SliceConfirmation.Adjust(tested.Select(t => t.PValue));
        List<SliceFinding> findings = [];
        for (var i = 0; i < candidates.Length; i++)
        {
            if (adjusted[i] > options.Level)
                continue;
            var count = matches[i].Count(m => m);
            var excess = count * tested[i].Difference.Value!.Value;
            findings.Add(
                new SliceFinding
                {
                    Predicates = candidates[i].Predicates,
                    Rows = count,
                    Share = count / (double)table.Rows,
                    LossInside = tested[i].Inside,
                    LossOutside = tested[i].Outside,
                    Difference = tested[i].Difference,
                    PValue = adjusted[i],
                    ExcessLoss = excess,
                    ShareOfLoss = mean > 0 ? excess / (mean * table.Rows) : null,
                    PreviousShare = previous is { Rows: > 0 } ? previous.Count(candidates[i].Predicates) / (double)previous.Rows : null,
                    Score = candidates[i].Score,
                }
            );
        }

        return findings;
    }

    private static (int[] Search, int[] Confirm) Split(int rows, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, rows)];
        new RandomSource(seed).Shuffle<int>(order);
        int[] search = order[..(rows / 2)];
        int[] confirm = order[(rows / 2)..];
        // In their old order: memory is read forwards.
        Array.Sort(search);
        Array.Sort(confirm);
        return (search, confirm);
    }

    private static double[] Take(ReadOnlySpan<double> values, int[] rows)
    {
        var taken = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            taken[i] = values[rows[i]];
        return taken;
    }

    private static int Shared(bool[] a, bool[] b)
    {
        var shared = 0;
        for (var i = 0; i < a.Length; i++)
            shared += a[i] && b[i] ? 1 : 0;
        return shared;
    }

    private static void RequireSameFeatures(SliceTable table, SliceTable? previous)
    {
        if (previous is null)
            return;
        Require.SameLength(table.Features.Count, previous.Features.Count, nameof(previous));
        for (var f = 0; f < table.Features.Count; f++)
        {
            if (previous.Features[f].Bins != table.Features[f].Bins)
            {
                throw new ArgumentException(
                    $"Feature '{table.Features[f].Name}' has {previous.Features[f].Bins} bins in the previous period and "
                        + $"{table.Features[f].Bins} now.",
                    nameof(previous)
                );
            }
        }
    }

    private static SliceSearchResult Nothing(double mean, string reason) =>
        new()
        {
            Findings = [],
            SearchRows = 0,
            ConfirmationRows = 0,
            Candidates = 0,
            MeanLoss = mean,
            Reason = reason,
        };
}
