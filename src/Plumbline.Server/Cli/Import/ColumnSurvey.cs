using System.Globalization;

namespace Plumbline.Server.Cli.Import;

/// <summary>What a whole column holds, counted while reading once; the type of a feature is decided from it.</summary>
public sealed class ColumnSurvey
{
    /// <summary>Distinct values kept before a column counts as free text.</summary>
    public const int MaxCategories = 1_000;

    // A number column may hold some strays ("unknown"): they stay visible as type errors instead of turning 50,000 numbers into categories.
    private const double NumericShare = 0.99;
    private const double LongTextChars = 32;
    private readonly HashSet<string> _distinct = new(StringComparer.Ordinal);
    private long _numbers, _booleans, _integers, _codes, _characters;

    public long Present { get; private set; }

    public long Missing { get; private set; }

    /// <summary>The first value that is no number, for the message about it.</summary>
    public string? FirstNonNumber { get; private set; }

    public long FirstNonNumberLine { get; private set; }

    public long NonNumbers => Present - _numbers;

    /// <summary>The distinct values, complete only while there are at most <see cref="MaxCategories"/>.</summary>
    public IReadOnlyCollection<string> Distinct => _distinct;

    public bool HasManyValues => _distinct.Count > MaxCategories;

    public bool AllIntegers => Present > 0 && _integers == Present;

    public bool AllNumbers => Present > 0 && _numbers == Present;

    public void Add(Cell cell, string text, long line)
    {
        if (cell.Kind == CellKind.Missing)
        {
            Missing++;
            return;
        }

        Present++;
        _characters += text.Length;
        if (_distinct.Count <= MaxCategories) _distinct.Add(text);
        if (cell.Kind == CellKind.Boolean || (cell.Kind == CellKind.Untyped && IsBoolean(text))) _booleans++;
        if (cell.Kind is CellKind.Number or CellKind.Untyped && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            if (IsCode(text)) _codes++;
            _numbers++;
            if (number == Math.Floor(number)) _integers++;
        }
        else if (FirstNonNumber is null)
        {
            FirstNonNumber = text;
            FirstNonNumberLine = line;
        }
    }

    /// <summary>numeric, categorical, boolean or text; null when the column has no value at all.</summary>
    public string? InferType()
    {
        if (Present == 0) return null;
        if (_booleans == Present) return "boolean";
        if (_codes == 0 && _numbers >= NumericShare * Present) return "numeric";
        return HasManyValues || (double)_characters / Present > LongTextChars ? "text" : "categorical";
    }

    internal static bool IsBoolean(string text) => text is "True" or "False" or "true" or "false" or "TRUE" or "FALSE";

    // "00123" is the name of something, not the number 123.
    private static bool IsCode(string text) => text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]);
}
