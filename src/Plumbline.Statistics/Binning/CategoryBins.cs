namespace Plumbline.Statistics.Binning;

/// <summary>Counts of categories, the last of them collective bins such as <c>@other</c> and <c>@unseen</c>.</summary>
public static class CategoryBins
{
    /// <summary>
    /// Leaves out those of the last <paramref name="collective"/> bins that are zero on both sides: a collective bin counts as a bin only
    /// when either side has any row in it, else smoothing would give mass to a bin that does not exist.
    /// </summary>
    /// <exception cref="ArgumentException">Different lengths, or more collective bins than bins.</exception>
    public static (ulong[] Reference, ulong[] Current) WithoutEmptyCollective(
        ReadOnlySpan<ulong> reference,
        ReadOnlySpan<ulong> current,
        int collective = 2
    )
    {
        Require.SameLength(reference.Length, current.Length, nameof(current));
        ArgumentOutOfRangeException.ThrowIfNegative(collective);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(collective, reference.Length);
        var own = reference.Length - collective;
        var kept = own;
        for (var i = own; i < reference.Length; i++)
            kept += reference[i] > 0 || current[i] > 0 ? 1 : 0;
        var r = new ulong[kept];
        var c = new ulong[kept];
        var at = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            if (i >= own && reference[i] == 0 && current[i] == 0)
                continue;
            (r[at], c[at]) = (reference[i], current[i]);
            at++;
        }

        return (r, c);
    }
}
