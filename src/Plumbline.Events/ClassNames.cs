using System.Text;

namespace Plumbline.Events;

/// <summary>How a model of two classes writes true and false where they stand for its classes.</summary>
public enum ClassForm : byte
{
    /// <summary>Nothing is known, or true and false are no spelling of the classes.</summary>
    AsWritten,

    /// <summary>The classes are 0 and 1: true is 1.</summary>
    Digits,

    /// <summary>The classes are false and true: 1 is true.</summary>
    Words,
}

/// <summary>
/// The one text of a class, whichever door it comes through and whatever tool wrote it: white space around it is dropped, <c>1.0</c> is
/// <c>1</c> (a column of whole numbers with a gap becomes fractional in many tools), <c>True</c> is <c>true</c>. Capitals, and everything
/// else, tell classes apart.
/// </summary>
public static class ClassNames
{
    private const string WhiteSpace = " \t\r\n\v\f";

    /// <summary>
    /// The class as one text; empty when the text means that there is none: NaN in any case, None, null, NULL, NaT, &lt;NA&gt; or nothing
    /// at all.
    /// </summary>
    /// <param name="utf8">What was written.</param>
    /// <param name="form">The model's form, as <c>FormOf</c> finds it from the known classes.</param>
    public static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> utf8, ClassForm form)
    {
        var text = utf8.Trim(" \t\r\n\v\f"u8);
        if (MeansMissing(text))
            return default;
        if (text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8) || text.SequenceEqual("true"u8))
            return form == ClassForm.Digits ? "1"u8 : "true"u8;
        if (text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8) || text.SequenceEqual("false"u8))
            return form == ClassForm.Digits ? "0"u8 : "false"u8;
        text = WholeNumber(text);
        if (form == ClassForm.Words && text.Length == 1)
        {
            return text[0] == '1' ? "true"u8
                : text[0] == '0' ? "false"u8
                : text;
        }

        return text;
    }

    /// <summary>The same for text.</summary>
    public static string Canonical(string text, ClassForm form)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encoding.UTF8.GetString(Canonical(Encoding.UTF8.GetBytes(text.Trim(WhiteSpace.ToCharArray())), form));
    }

    /// <summary>How the classes of a two-class model are written, from those that are known; the first that tells decides.</summary>
    public static ClassForm FormOf(IEnumerable<string?> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        foreach (var name in known)
        {
            if (name is "0" or "1")
                return ClassForm.Digits;
            if (name is "true" or "false")
                return ClassForm.Words;
        }
        return ClassForm.AsWritten;
    }

    internal static ClassForm FormOf(ReadOnlySpan<byte> canonical) =>
        canonical.SequenceEqual("0"u8) || canonical.SequenceEqual("1"u8) ? ClassForm.Digits
        : canonical.SequenceEqual("true"u8) || canonical.SequenceEqual("false"u8) ? ClassForm.Words
        : ClassForm.AsWritten;

    private static bool MeansMissing(ReadOnlySpan<byte> text) =>
        text.Length switch
        {
            0 => true,
            3 => Ascii.EqualsIgnoreCase(text, "nan"u8) || text.SequenceEqual("NaT"u8),
            4 => text.SequenceEqual("None"u8)
                || text.SequenceEqual("null"u8)
                || text.SequenceEqual("NULL"u8)
                || text.SequenceEqual("<NA>"u8),
            _ => false,
        };

    // 1.0, 1.00 and 1. are 1; -0 is 0. Digits are never read as a number: a class may be longer than numbers are exact.
    private static ReadOnlySpan<byte> WholeNumber(ReadOnlySpan<byte> text)
    {
        var point = text.IndexOf((byte)'.');
        if (point >= 0 && text[(point + 1)..].IndexOfAnyExcept((byte)'0') < 0 && JsonTexts.IsInteger(text[..point]))
            text = text[..point];
        return text.SequenceEqual("-0"u8) ? "0"u8 : text;
    }
}
