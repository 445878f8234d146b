using System.Text.RegularExpressions;
using Plumbline.Registry.FeatureTypes;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Cli.Import;

/// <summary>What a whole column holds, counted while reading once; the type of a feature is decided from it.</summary>
public sealed partial class ColumnSurvey
{
    /// <summary>Distinct values kept before a column counts as free text.</summary>
    public const int MaxCategories = 1_000;

    private const double NearlyAll = 0.99;
    private const int WordsShown = 5;
    private readonly HashSet<string> _distinct = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _missingWords = new(StringComparer.Ordinal);
    private readonly FeatureSurvey _survey = new();
    private long _integers,
        _commas;

    public long Present => _survey.Evidence.Present;

    public long Missing { get; private set; }

    /// <summary>The first value that is no number, for the message about it.</summary>
    public string? FirstNonNumber { get; private set; }

    public long FirstNonNumberLine { get; private set; }

    public long NonNumbers => Present - _survey.Evidence.Numbers - _survey.Evidence.MissingWords;

    /// <summary>Values that are words for a missing one.</summary>
    public long MissingWordCount => _survey.Evidence.MissingWords;

    /// <summary>The first different words of that kind.</summary>
    public IReadOnlyCollection<string> MissingWords => _missingWords;

    /// <summary>The distinct values, complete only while there are at most <see cref="MaxCategories"/>.</summary>
    public IReadOnlyCollection<string> Distinct => _distinct;

    public bool HasManyValues => _distinct.Count > MaxCategories;

    public bool AllIntegers => Present > 0 && _integers == Present;

    public bool AllNumbers => Present > 0 && _survey.Evidence.Numbers == Present;

    /// <summary>Whether nearly all values would be numbers if their comma were a point.</summary>
    public bool HasDecimalCommas => _commas > 0 && _commas + _survey.Evidence.Numbers + MissingWordCount >= NearlyAll * Present;

    public void Add(Cell cell, string text, long line)
    {
        if (cell.Kind == CellKind.Missing)
        {
            Missing++;
            return;
        }

        var before = _survey.Evidence;
        switch (cell.Kind)
        {
            case CellKind.Number:
                _survey.AddNumber(text);
                break;
            case CellKind.Boolean:
                _survey.AddBoolean();
                break;
            case CellKind.Text:
                _survey.AddText(text);
                break;
            default:
                _survey.AddUntyped(text);
                break;
        }

        if (_distinct.Count <= MaxCategories)
            _distinct.Add(text);
        var after = _survey.Evidence;
        if (after.Numbers > before.Numbers)
        {
            if (WrittenNumbers.TryParse(text, out var number) && number == Math.Floor(number))
                _integers++;
        }
        else if (after.MissingWords > before.MissingWords)
        {
            if (_missingWords.Count < WordsShown)
                _missingWords.Add(text.Trim());
        }
        else
        {
            if (DecimalComma().IsMatch(text))
                _commas++;
            if (FirstNonNumber is null)
                (FirstNonNumber, FirstNonNumberLine) = (text, line);
        }
    }

    /// <summary>The type, by the rule of all doors; null when the column has no value but missing ones.</summary>
    public FeatureType? InferType() => _survey.Evidence.Infer();

    [GeneratedRegex(@"^\s*[+-]?[0-9]+,[0-9]+\s*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    internal static partial Regex DecimalComma();
}
