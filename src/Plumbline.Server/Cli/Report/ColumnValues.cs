using System.Globalization;
using Plumbline.Events;
using Plumbline.Registry.FeatureTypes;
using Plumbline.Registry.Models;
using Plumbline.Statistics;

namespace Plumbline.Server.Cli.Report;

/// <summary>One column of one file, as it is read: numbers as numbers, everything else as counts of texts.</summary>
/// <param name="name">The column's name.</param>
/// <param name="keepsRows">Whether the value of each row is wanted too, as for ground truth and predictions.</param>
internal sealed class ColumnValues(string name, bool keepsRows)
{
    /// <summary>Different categories that are counted one by one.</summary>
    public const int MaxCategories = 10_000;

    // Numbers are kept as they are written as long as few are different: "1" may turn out to be a category.
    private const int MaxNumberTexts = 1_000;
    private readonly CategoryCounter _texts = new(MaxCategories);
    private CategoryCounter? _numberTexts = new(MaxNumberTexts);
    private double[] _numbers = new double[1_024];
    private int _count,
        _differentInSample;
    private long _present,
        _infinite,
        _codes,
        _longIntegers,
        _characters,
        _longest;

    public string Name => name;

    public long Missing { get; private set; }

    /// <summary>Each row's value, when they are kept.</summary>
    public RowValues? Rows { get; } = keepsRows ? new RowValues() : null;

    /// <summary>A field of a file without types.</summary>
    public void AddUntyped(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            AddMissing();
            return;
        }

        if (!NumberBytes.TryParse(text, out var number))
        {
            _texts.Add(text);
            Rows?.Add(text, double.NaN);
            Count(text.Length);
            return;
        }

        Keep(number);
        if (_numberTexts is not null && _numberTexts.Add(text) < 0)
            _numberTexts = null;
        Rows?.Add(text, number);
        _codes += NumberBytes.IsCode(text) ? 1 : 0;
        _longIntegers += NumberBytes.IsLongInteger(text, number) ? 1 : 0;
        Count(text.Length);
    }

    /// <summary>A number of a file with types; NaN means that there is none.</summary>
    public void AddNumber(double number)
    {
        if (double.IsNaN(number))
        {
            AddMissing();
            return;
        }

        Keep(number);
        if (_numberTexts is null && Rows is null)
        {
            Count(1);
            return;
        }

        Span<char> text = stackalloc char[32];
        number.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        if (_numberTexts is not null && _numberTexts.Add(text[..length]) < 0)
            _numberTexts = null;
        Rows?.Add(text[..length], number);
        Count(length);
    }

    /// <summary>A text of a file with types: never a number.</summary>
    public void AddText(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            AddMissing();
            return;
        }

        _texts.Add(text);
        Rows?.Add(text, double.NaN);
        Count(text.Length);
    }

    public void AddMissing()
    {
        Missing++;
        Rows?.AddMissing();
    }

    /// <summary>What the column is, by the rule of all doors.</summary>
    public ColumnFacts Finish()
    {
        var type = Evidence().Infer();
        Array.Resize(ref _numbers, _count);
        return type == FeatureType.Numeric ? NumericFacts() : CategoryFacts(type);
    }

    private FeatureEvidence Evidence() =>
        new(
            _present,
            MissingWords: _texts.Counts.Where(pair => MissingWords.Contains(pair.Text)).Sum(pair => pair.Count),
            Numbers: _count + _infinite,
            Booleans: _texts.Counts.Where(pair => WrittenNumbers.IsBoolean(pair.Text.AsSpan().Trim())).Sum(pair => pair.Count),
            _codes,
            _longIntegers,
            _characters,
            _longest,
            _differentInSample > FeatureEvidence.UniqueOfSample
        );

    private ColumnFacts NumericFacts()
    {
        _numbers = Sorting.Ascending(_numbers);
        var words = _texts.Counts.Where(pair => MissingWords.Contains(pair.Text)).Sum(pair => pair.Count);
        return new ColumnFacts
        {
            Name = name,
            Type = FeatureType.Numeric,
            Missing = Missing + words,
            Present = _present - words,
            NotNumbers = _present - words - _count - _infinite,
            Infinite = _infinite,
            Sorted = _numbers,
        };
    }

    private ColumnFacts CategoryFacts(FeatureType? type)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var uncounted = _texts.Uncounted;
        long words = 0;
        foreach (var (text, count) in _texts.Counts)
        {
            // Among true and false (and where there is nothing else) they mean that there is no value; NA is a country too.
            if (type is FeatureType.Boolean or null && MissingWords.Contains(text))
                words += count;
            else if (type == FeatureType.Boolean)
                counts[text.Trim().ToLowerInvariant()] = counts.GetValueOrDefault(text.Trim().ToLowerInvariant()) + count;
            else
                counts[text] = count;
        }

        foreach (var (text, count) in NumbersAsTexts())
        {
            if (counts.Count < MaxCategories || counts.ContainsKey(text))
                counts[text] = counts.GetValueOrDefault(text) + count;
            else
                uncounted += count;
        }

        _numbers = [];
        return new ColumnFacts
        {
            Name = name,
            Type = type,
            Missing = Missing + words,
            Present = _present - words,
            Categories = counts,
            UncountedCategories = uncounted,
        };
    }

    private IEnumerable<(string Text, long Count)> NumbersAsTexts() =>
        _numberTexts?.Counts
        ?? _numbers.CountBy(number => number).Select(pair => (pair.Key.ToString("R", CultureInfo.InvariantCulture), (long)pair.Value));

    private void Keep(double number)
    {
        if (!double.IsFinite(number))
        {
            _infinite++;
            return;
        }

        if (_count == _numbers.Length)
            Array.Resize(ref _numbers, checked(_numbers.Length * 2));
        _numbers[_count++] = number;
    }

    private void Count(int characters)
    {
        _characters += characters;
        _longest = Math.Max(_longest, characters);
        if (++_present == FeatureEvidence.Sample || _present < FeatureEvidence.Sample)
            _differentInSample = _texts.Different + (_numberTexts?.Different ?? MaxNumberTexts + 1);
    }
}

/// <summary>A column of one file, read to its end.</summary>
internal sealed record ColumnFacts
{
    public required string Name { get; init; }

    /// <summary>Null when there is no value but missing ones.</summary>
    public required FeatureType? Type { get; init; }

    public required long Missing { get; init; }

    public required long Present { get; init; }

    /// <summary>Values of a numeric column that are none.</summary>
    public long NotNumbers { get; init; }

    /// <summary>Infinite numbers; in no statistic.</summary>
    public long Infinite { get; init; }

    /// <summary>The finite numbers, ascending.</summary>
    public double[] Sorted { get; init; } = [];

    /// <summary>Rows by category.</summary>
    public IReadOnlyDictionary<string, long> Categories { get; init; } = new Dictionary<string, long>();

    /// <summary>Values of categories beyond <see cref="ColumnValues.MaxCategories"/>.</summary>
    public long UncountedCategories { get; init; }
}

/// <summary>The value of each row of a column, as a number and as a class.</summary>
internal sealed class RowValues
{
    private const int MaxClasses = 1_000;
    private readonly CategoryCounter _classes = new(MaxClasses);

    /// <summary>NaN where the row has no number.</summary>
    public List<double> Numbers { get; } = [];

    /// <summary>Place among <see cref="ClassTexts"/>; -1 when missing or beyond the limit.</summary>
    public List<int> Classes { get; } = [];

    public bool HasTooManyClasses => _classes.Uncounted > 0;

    /// <summary>The different texts in the order in which they came.</summary>
    public string[] ClassTexts => [.. _classes.Counts.Select(pair => pair.Text)];

    public void Add(ReadOnlySpan<byte> text, double number)
    {
        Numbers.Add(number);
        Classes.Add(_classes.Add(text));
    }

    public void Add(ReadOnlySpan<char> text, double number)
    {
        Numbers.Add(number);
        Classes.Add(_classes.Add(text));
    }

    public void AddMissing()
    {
        Numbers.Add(double.NaN);
        Classes.Add(-1);
    }
}
