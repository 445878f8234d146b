using Plumbline.Statistics.Multiplicity;
using Plumbline.Statistics.Paired;

namespace Plumbline.Review.Proof;

/// <summary>Cases by what they have in common, each compared.</summary>
internal static class ProofSlices
{
    /// <summary>Fewer cases than this say nothing about a segment of their own.</summary>
    public const int FewestCases = 10;

    /// <summary>Values of one segment that are shown, those with most cases.</summary>
    private const int MostValues = 20;

    private const double Level = 0.05;

    /// <summary>All cases, then those of each slice; those where the new version is shown to be worse are marked.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="areShares">True for right and wrong, false for errors of numbers.</param>
    /// <param name="segments">Names of the model's segments, in the order of the cases' values.</param>
    /// <param name="scoreOf">The score that made most of a task; null for a case that is none.</param>
    public static IReadOnlyList<ProofSlice> Of(
        IReadOnlyList<ComparedCase> cases,
        bool areShares,
        IReadOnlyList<string> segments,
        Func<ComparedCase, string?> scoreOf
    )
    {
        List<ProofSlice> slices = [new(ProofSliceKind.All, "", Compare(cases))];
        AddKind(ProofSliceKind.Asked, "", [.. cases.Where(one => one.Reason == "score")]);
        AddKind(ProofSliceKind.Chance, "", [.. cases.Where(one => one.Reason is "chance" or "random")]);
        AddValues(ProofSliceKind.Score, scoreOf, "");
        for (var i = 0; i < segments.Count; i++)
        {
            var index = i;
            AddValues(ProofSliceKind.Segment, one => one.Segments[index], segments[i] + "=");
        }

        AddValues(ProofSliceKind.Label, one => one.Label.Length == 0 ? null : one.Label, "");
        return Mark(slices);

        PairedComparison Compare(IEnumerable<ComparedCase> chosen) =>
            PairedComparison.Of([.. chosen.Select(one => new PairedRow(one.Before, one.After))], areShares);

        void AddKind(ProofSliceKind kind, string name, IReadOnlyList<ComparedCase> chosen)
        {
            if (chosen.Count > 0)
                slices.Add(new ProofSlice(kind, name, Compare(chosen)));
        }

        void AddValues(ProofSliceKind kind, Func<ComparedCase, string?> valueOf, string before)
        {
            foreach (
                var group in cases
                    .GroupBy(valueOf, StringComparer.Ordinal)
                    .Where(group => group.Key is not null && group.Count() >= FewestCases)
                    .OrderByDescending(group => group.Count())
                    .ThenBy(group => group.Key, StringComparer.Ordinal)
                    .Take(MostValues)
            )
            {
                AddKind(kind, before + group.Key, [.. group]);
            }
        }
    }

    private static IReadOnlyList<ProofSlice> Mark(List<ProofSlice> slices)
    {
        var adjusted = AdjustedPValues.Holm([.. slices.Select(slice => slice.Compared.Test.PValue)]);
        return
        [
            .. slices.Select((slice, i) => slice with { IsWorse = slice.Compared.Difference is { Upper: < 0 } && adjusted[i] is < Level }),
        ];
    }
}
