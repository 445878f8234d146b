using System.Globalization;
using Plumbline.Events;
using Plumbline.Registry.FeatureTypes;

namespace Plumbline.Monitoring.References;

/// <summary>How the values of a staged column say what they are.</summary>
internal enum StagedKind
{
    /// <summary>CSV: all is text, and what it looks like decides.</summary>
    Untyped,

    /// <summary>NDJSON: each value has a type of its own.</summary>
    Each,

    /// <summary>Parquet: the column has a type.</summary>
    Typed,
}

/// <summary>
/// A column of an uploaded file in its staging table: <c>c{Index}</c>. Its members are expressions over a row of that table.
/// </summary>
/// <param name="Index">Its position in the file.</param>
/// <param name="Name">Its name, without the white space around it.</param>
/// <param name="Type">The engine's type.</param>
/// <param name="Kind">Where the types of its values come from.</param>
internal sealed record StagedColumn(int Index, string Name, string Type, StagedKind Kind)
{
    private const string NoNumber = "CAST(NULL AS Nullable(Float64))";
    private const string NoBoolean = "CAST(NULL AS Nullable(Bool))";
    private static readonly string MissingTexts = string.Join(", ", MissingWords.All.Select(word => $"'{word}'"));

    private string Column => string.Create(CultureInfo.InvariantCulture, $"c{Index}");

    private bool IsText => Type == "String";

    private bool IsFloat => Type.StartsWith("Float", StringComparison.Ordinal);

    private bool IsTime => Type.StartsWith("Date", StringComparison.Ordinal);

    private bool IsNumber => Kind == StagedKind.Typed && !IsText && Type != "Bool" && !IsTime;

    private string IsIntegerValue => $"match(dynamicType({Column}), '^U?Int')";

    private string IsNumberValue => $"match(dynamicType({Column}), '^(U?Int|Float)')";

    /// <summary>Nullable text; null where there is no value: nothing, white space, or a number that is none (NaN).</summary>
    internal string Text =>
        Kind != StagedKind.Typed || IsText ? $"nullIf(trimBoth(ifNull(toString({Column}), '')), '')"
        : IsFloat ? $"if(isNaN({Column}), NULL, toString({Column}))"
        : $"toString({Column})";

    /// <summary>Whether the value is a word for a missing one; false for null.</summary>
    internal string IsMissingWord => $"ifNull({Text} IN ({MissingTexts}), 0)";

    /// <summary>Nullable Float64; null where the value is no number.</summary>
    internal string Number =>
        Kind switch
        {
            StagedKind.Untyped => $"if({IsMissingWord}, NULL, toFloat64OrNull({Text}))",
            // JSON has no infinity: these texts stand for it.
            StagedKind.Each =>
                $"if({IsNumberValue} OR ifNull(match(lower({Text}), '^[+-]?inf(inity)?$'), 0), toFloat64OrNull({Text}), NULL)",
            _ when IsFloat => $"if(isNaN({Column}), NULL, toFloat64({Column}))",
            _ => IsNumber ? $"toFloat64({Column})" : NoNumber,
        };

    /// <summary>A number where any spelling of one is welcome, as in a score.</summary>
    internal string LenientNumber =>
        IsNumber ? Number
        : IsTime || Type == "Bool" ? NoNumber
        : $"if({IsMissingWord}, NULL, toFloat64OrNull({Text}))";

    /// <summary>Nullable Bool; null where the value is none.</summary>
    internal string Boolean =>
        Kind switch
        {
            StagedKind.Untyped => $"multiIf(lower({Text}) = 'true', CAST(true AS Nullable(Bool)), lower({Text}) = 'false', "
                + "CAST(false AS Nullable(Bool)), NULL)",
            StagedKind.Each => $"if(dynamicType({Column}) = 'Bool', CAST({Text} = 'true' AS Nullable(Bool)), NULL)",
            _ => Type == "Bool" ? Column : NoBoolean,
        };

    /// <summary>Nullable DateTime64(3, UTC); null where the value is no time.</summary>
    internal string Time =>
        IsTime ? $"toDateTime64({Column}, 3, 'UTC')"
        : IsNumber
            ? $"if(isNull({Column}), CAST(NULL AS Nullable(DateTime64(3, 'UTC'))), {FromMilliseconds($"toInt64(assumeNotNull({Column}))")})"
        : Kind == StagedKind.Each
            ? $"if({IsNumberValue}, {FromMilliseconds($"toInt64OrZero({Text})")}, parseDateTime64BestEffortOrNull({Text}, 3, 'UTC'))"
        : $"parseDateTime64BestEffortOrNull({Text}, 3, 'UTC')";

    /// <summary>
    /// The aggregates that count the values, in the order of <see cref="FeatureEvidence"/>, then the bytes that are no UTF-8.
    /// </summary>
    internal string Evidence
    {
        get
        {
            var integer = Kind switch
            {
                StagedKind.Untyped => "1",
                StagedKind.Each => IsIntegerValue,
                _ => IsNumber && !IsFloat ? "1" : "0",
            };
            var code = Kind == StagedKind.Untyped ? $"countIf(match(ifNull({Text}, ''), '^0[0-9]'))" : "toUInt64(0)";
            var missing = Kind == StagedKind.Typed && !IsText ? "toUInt64(0)" : $"countIf({IsMissingWord})";
            var broken = Kind == StagedKind.Typed && !IsText ? "toUInt64(0)" : $"countIf(NOT isValidUTF8(ifNull({Text}, '')))";
            return $"""
                countIf(isNotNull({Text})), {missing}, countIf(isNotNull({Number})), countIf(isNotNull({Boolean})), {code},
                countIf({integer} AND length(ifNull({Text}, '')) > 15 AND match(ifNull({Text}, ''), '^-?[0-9]+$')
                    AND abs(toFloat64OrZero(ifNull({Text}, ''))) >= {FeatureEvidence.FirstInexactInteger}),
                toUInt64(sum(lengthUTF8(ifNull({Text}, '')))), toUInt64(max(lengthUTF8(ifNull({Text}, '')))),
                toUInt64(length(arrayDistinct(groupArrayIf({FeatureEvidence.Sample})(assumeNotNull({Text}), isNotNull({Text}))))), {broken}
                """;
        }
    }

    private static string FromMilliseconds(string integer) => $"fromUnixTimestamp64Milli({integer}, 'UTC')";
}
