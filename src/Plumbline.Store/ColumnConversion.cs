using System.Globalization;

namespace Plumbline.Store;

/// <summary>
/// A feature's values under another type, as expressions over the row as it is stored: the column of the old type, and <c>raw</c>, where
/// values lie that did not fit it. Nothing is lost by it: what does not fit the new type lies in <c>raw</c> afterwards.
/// </summary>
/// <param name="From">The column that holds the values.</param>
/// <param name="To">The column that is to hold them.</param>
/// <param name="Feature">The feature's name, the key in <c>raw</c>.</param>
/// <param name="MissingWords">Texts that mean that a number or truth value is missing.</param>
public sealed record ColumnConversion(FeatureColumn From, FeatureColumn To, string Feature, IReadOnlyCollection<string> MissingWords)
{
    private const string RawType = "'Map(LowCardinality(String), String)'";

    /// <summary>The bound values of the expressions.</summary>
    public IReadOnlyList<SqlParameter> Parameters => [new(NameParameter, Feature), new(WordsParameter, MissingWords)];

    /// <summary>The value in the new type.</summary>
    public string Value =>
        To.Type switch
        {
            ColumnType.Numeric => $"ifNull({Number}, nan)",
            ColumnType.Boolean => Truth,
            ColumnType.Categorical => $"CAST(if({IsNested}, NULL, {Text}), 'LowCardinality(Nullable(String))')",
            _ => Text,
        };

    /// <summary>Whether there is a value that does not fit the new type.</summary>
    public string IsMisfit =>
        To.Type switch
        {
            ColumnType.Numeric => $"(isNotNull({Text}) AND isNull({Number}) AND NOT has({Words}, ifNull({Text}, '')))",
            ColumnType.Boolean => $"(isNotNull({Text}) AND isNull({Truth}) AND NOT has({Words}, ifNull({Text}, '')))",
            ColumnType.Categorical => IsNested,
            _ => "(1 = 0)",
        };

    /// <summary>The map of misfits with this feature's as the new type makes them.</summary>
    /// <param name="raw">The map, an expression: of the row, or what another conversion made of it.</param>
    public string Raw(string raw) =>
        $"mapConcat(mapFilter((k, v) -> k != {Name}, {raw}), mapFilter((k, v) -> v != '', "
        + $"CAST(map({Name}, if({IsMisfit}, if({Json} != '', {Json}, toJSONString(ifNull({Text}, ''))), '')), {RawType})))";

    /// <summary>The feature's name, bound.</summary>
    internal string Name => $"{{{NameParameter}:String}}";

    private string Words => $"{{{WordsParameter}:Array(String)}}";

    private string Json => $"raw[{Name}]";

    private string IsNested => $"(startsWith({Json}, '[') OR startsWith({Json}, '{{'))";

    private string Text => $"if({Json} != '', if(startsWith({Json}, '\"'), JSONExtractString({Json}), {Json}), {From.Text})";

    private string Number => $"toFloat64OrNull({Text})";

    private string Truth =>
        $"multiIf(lower({Text}) = 'true', CAST(true, 'Nullable(Bool)'), lower({Text}) = 'false', CAST(false, 'Nullable(Bool)'), NULL)";

    private string NameParameter => string.Create(CultureInfo.InvariantCulture, $"feature{To.Ordinal}");

    private string WordsParameter => string.Create(CultureInfo.InvariantCulture, $"missing{To.Ordinal}");
}
