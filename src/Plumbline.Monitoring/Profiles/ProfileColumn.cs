using System.Globalization;
using Plumbline.Store;

namespace Plumbline.Monitoring.Profiles;

/// <summary>
/// How the engine counts one feature: an expression that gives each row a small number (its sub-bin), and what the sub-bins
/// mean. Sub-bins are finer than bins where more is wanted of the same pass: infinities, missing values, values out of range.
/// </summary>
internal sealed class ProfileColumn
{
    /// <summary>Sub-bins -inf, the finite ones, +inf, missing.</summary>
    private const int Numeric = 0;

    /// <summary>Sub-bins of the categories, other, unseen, missing.</summary>
    private const int Categorical = 1;

    private readonly string _counts;
    private readonly string? _value;

    private ProfileColumn(string feature, int baseline, int kind, string counts, string? value, IReadOnlyList<SqlParameter> parameters)
    {
        Feature = feature;
        Baseline = baseline;
        Kind = kind;
        _counts = counts;
        _value = value;
        Parameters = parameters;
    }

    public string Feature { get; }

    public int Baseline { get; }

    public int Kind { get; }

    /// <summary>Bins of the stored profile; 0 for none.</summary>
    public int Bins { get; private init; }

    /// <summary>How many finite sub-bins make the first bin.</summary>
    public int FirstBinParts { get; private init; } = 1;

    /// <summary>Finite sub-bins below the reference's minimum, at the start.</summary>
    public int Below { get; private init; }

    /// <summary>Finite sub-bins above the reference's maximum, at the end.</summary>
    public int Above { get; private init; }

    public IReadOnlyList<SqlParameter> Parameters { get; }

    /// <summary>The aggregate of one group: (sub-bin counts, minimum, maximum, sum, sum of squares).</summary>
    public string Aggregate =>
        _value is null
            ? $"({_counts}, toFloat64(0), toFloat64(0), toFloat64(0), toFloat64(0))"
            : $"({_counts}, minIf({_value}, isFinite({_value})), maxIf({_value}, isFinite({_value})), sumIf({_value}, "
                + $"isFinite({_value})), sumIf({_value} * {_value}, isFinite({_value})))";

    /// <summary>A number: NaN is missing. <paramref name="value"/> is an expression over the table's columns of type Float64.</summary>
    public static ProfileColumn OfNumber(int index, string feature, string value, FeatureBins bins)
    {
        var finite = new SortedSet<double>(bins.Edges ?? []) { -double.MaxValue };
        var below = 0;
        var above = 0;
        if (bins.Edges is { Count: > 0 } edges && !double.IsNaN(bins.Minimum))
        {
            // Interpolated quantiles lie between the minimum and the maximum; a last-digit exception would split an inner bin.
            if (bins.Minimum > -double.MaxValue && bins.Minimum <= edges[0])
            {
                finite.Add(bins.Minimum);
                below = 1;
            }
            var beyond = Math.BitIncrement(bins.Maximum);
            // The end of a heavy value that is the largest one is an edge already.
            if (double.IsFinite(beyond) && beyond >= edges[^1])
            {
                finite.Add(beyond);
                above = 1;
            }
        }
        double[] borders = [double.NegativeInfinity, .. finite, double.PositiveInfinity];
        var parameter = string.Create(CultureInfo.InvariantCulture, $"{{b{index}:Array(Float64)}}");
        // roundDown finds the border by binary search; transform turns it into its number, and NaN, which is no border, into the last one.
        var counts = string.Create(
            CultureInfo.InvariantCulture,
            $"countResample(0, {borders.Length + 1}, 1)(transform(roundDown({value}, {parameter}), {parameter}, "
                + $"arrayMap(i -> toUInt16(i), range({borders.Length})), toUInt16({borders.Length})))"
        );
        return new ProfileColumn(
            feature,
            bins.Baseline,
            Numeric,
            counts,
            value,
            [new(string.Create(CultureInfo.InvariantCulture, $"b{index}"), borders)]
        )
        {
            Bins = bins.Edges is null ? 0 : bins.Edges.Count + 1,
            FirstBinParts = bins.Edges is { Count: > 0 } ? finite.Count(border => border < bins.Edges[0]) : finite.Count,
            Below = below,
            Above = above,
        };
    }

    /// <summary>A category. <paramref name="value"/> is an expression of a (nullable) text whose null is missing.</summary>
    /// <param name="index">Number of the feature in its statement.</param>
    /// <param name="feature">Name of the feature.</param>
    /// <param name="value">Expression over the table's columns.</param>
    /// <param name="bins">The categories.</param>
    /// <param name="referenceValues">A query that gives every value of the reference, to tell other from unseen.</param>
    /// <param name="collective">Whether the profile has the bins <c>@other</c> and <c>@unseen</c>.</param>
    public static ProfileColumn OfCategory(
        int index,
        string feature,
        string value,
        FeatureBins bins,
        string? referenceValues,
        bool collective = true
    )
    {
        var missing = $"countIf(isNull({value}))";
        if (bins.Categories is null)
            return new ProfileColumn(feature, baseline: 0, Categorical, $"[toUInt64(count() - {missing}), {missing}]", value: null, []);
        var count = bins.Categories.Count;
        var (other, unseen) = (count, count + 1);
        var parameter = string.Create(CultureInfo.InvariantCulture, $"{{c{index}:Array(String)}}");
        // Everything here is a function of the value alone, so the engine evaluates it per entry of a column's dictionary, not per row.
        // That needs a result for null too: it is put with the unseen, and taken off again below.
        var bin =
            count == 0
                ? string.Create(CultureInfo.InvariantCulture, $"toUInt16({unseen})")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"assumeNotNull(transform({value}, {parameter}, arrayMap(i -> toUInt16(i), range({count})), toUInt16({unseen})))"
                );
        if (bins.HasOther && referenceValues is not null)
        {
            bin +=
                $" - ifNull({value} IN ({referenceValues} WHERE isNotNull({value}) AND NOT has({parameter}, "
                + $"assumeNotNull(toString({value})))), 0)";
        }

        var all = string.Create(CultureInfo.InvariantCulture, $"countResample(0, {count + 2}, 1)(toUInt16({bin}))");
        var counts = string.Create(
            CultureInfo.InvariantCulture,
            $"arrayConcat(arraySlice({all}, 1, {other + 1}), [toUInt64({all}[{unseen + 1}] - {missing}), {missing}])"
        );
        return new ProfileColumn(
            feature,
            bins.Baseline,
            Categorical,
            counts,
            value: null,
            count == 0 ? [] : [new(string.Create(CultureInfo.InvariantCulture, $"c{index}"), bins.Categories)]
        )
        {
            Bins = collective ? count + 2 : count,
        };
    }
}
