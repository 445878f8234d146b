using System.Globalization;
using Plumbline.Events;

namespace Plumbline.Registry.FeatureTypes;

/// <summary>Counts the values of one feature into <see cref="FeatureEvidence"/>, one after the other.</summary>
public sealed class FeatureSurvey
{
    private readonly HashSet<string> _different = new(StringComparer.Ordinal);
    private FeatureEvidence _evidence;

    /// <summary>What was counted so far.</summary>
    public FeatureEvidence Evidence => _evidence with { IsNearlyUnique = _different.Count > FeatureEvidence.UniqueOfSample };

    /// <summary>A value of a format with types that says that it is a number; <paramref name="written"/> are its digits.</summary>
    public void AddNumber(ReadOnlySpan<char> written)
    {
        Count(written);
        _evidence = _evidence with
        {
            Numbers = _evidence.Numbers + 1,
            LongIntegers = _evidence.LongIntegers + (IsLongInteger(written) ? 1 : 0),
        };
    }

    /// <summary>A value of a format with types that says that it is true or false.</summary>
    public void AddBoolean()
    {
        Count("true");
        _evidence = _evidence with { Booleans = _evidence.Booleans + 1 };
    }

    /// <summary>
    /// Text in a format with types: a number only where it is one of the texts for infinity, since JSON has no other way.
    /// </summary>
    public void AddText(ReadOnlySpan<char> written)
    {
        Count(written);
        var text = written.Trim();
        if (IsMissingWord(text))
            _evidence = _evidence with { MissingWords = _evidence.MissingWords + 1 };
        else if (WrittenNumbers.IsInfinity(text))
            _evidence = _evidence with { Numbers = _evidence.Numbers + 1 };
    }

    /// <summary>A value in a format without types (CSV): what it looks like decides.</summary>
    public void AddUntyped(ReadOnlySpan<char> written)
    {
        var text = written.Trim();
        if (text.IsEmpty)
            return;
        Count(written);
        if (IsMissingWord(text))
        {
            _evidence = _evidence with { MissingWords = _evidence.MissingWords + 1 };
        }
        else if (WrittenNumbers.IsBoolean(text))
        {
            _evidence = _evidence with { Booleans = _evidence.Booleans + 1 };
        }
        else if (WrittenNumbers.TryParse(text, out _))
        {
            _evidence = _evidence with
            {
                Numbers = _evidence.Numbers + 1,
                Codes = _evidence.Codes + (WrittenNumbers.IsCode(text) ? 1 : 0),
                LongIntegers = _evidence.LongIntegers + (IsLongInteger(text) ? 1 : 0),
            };
        }
    }

    private static bool IsMissingWord(ReadOnlySpan<char> text) => text.Length <= 5 && MissingWords.Contains(text.ToString());

    private static bool IsLongInteger(ReadOnlySpan<char> digits) =>
        digits.Length > 15 && Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            ? Int128.Abs(integer) >= FeatureEvidence.FirstInexactInteger
            : digits.Length > 15 && digits.TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0;

    private void Count(ReadOnlySpan<char> written)
    {
        if (_evidence.Present < FeatureEvidence.Sample && _different.Count <= FeatureEvidence.UniqueOfSample)
            _different.GetAlternateLookup<ReadOnlySpan<char>>().Add(written);
        _evidence = _evidence with
        {
            Present = _evidence.Present + 1,
            Characters = _evidence.Characters + written.Length,
            LongestText = Math.Max(_evidence.LongestText, written.Length),
        };
    }
}
