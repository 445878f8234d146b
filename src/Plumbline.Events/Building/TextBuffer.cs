using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Plumbline.Events.Batches;
using Plumbline.Events.Decoding;

namespace Plumbline.Events.Building;

/// <summary>Texts as UTF-8, one at a time: a span is valid until the next call.</summary>
internal sealed class TextBuffer
{
    // A whole number of as many digits is exact as a double.
    private const int ExactDigits = 15;

    private byte[] _bytes = new byte[256];

    /// <summary>The text as UTF-8; half a surrogate pair, or more than the limit, refuses the row.</summary>
    public bool TryUtf8(string text, RowWriter row, string field, int limit, out ReadOnlySpan<byte> utf8)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_bytes.Length < most)
            _bytes = new byte[most];
        utf8 = default;
        if (Utf8.FromUtf16(text, _bytes, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
            return row.Fail(RejectionCode.TextInvalid, field, $"'{field}' has half of a surrogate pair, which makes no valid text.");
        utf8 = _bytes.AsSpan(0, written);
        return written <= limit
            || row.Fail(RejectionCode.ValueTooLong, field, $"'{field}' has {written} bytes; at most {limit} are taken.");
    }

    /// <summary>A short text without control characters.</summary>
    public bool TryWord(string text, RowWriter row, string field, int limit, out ReadOnlySpan<byte> utf8) =>
        TryUtf8(text, row, field, limit, out utf8)
        && (!JsonTexts.HasControlCharacters(utf8) || row.Fail(RejectionCode.TextInvalid, field, $"'{field}' has control characters."));

    /// <summary>Writes a short text under its tag; null and an empty text are none.</summary>
    public bool WriteWord(string? text, RowWriter row, RowField tag, string field)
    {
        if (text is null)
            return true;
        if (!TryWord(text, row, field, row.Limits.WordBytes, out var word))
            return false;
        row.WriteText(word, tag);
        return true;
    }

    /// <summary>
    /// The one text of a class that was written as a text, as a number, or as the number's digits and the number; empty when it means that
    /// there is none.
    /// </summary>
    public bool TryClass(string? text, double? number, RowWriter row, string field, out ReadOnlySpan<byte> name)
    {
        if (number is { } value)
            name = Number(text, value);
        else if (!TryUtf8(text!, row, field, int.MaxValue, out name))
            return false;
        return row.TryClassName(ref name, field);
    }

    /// <summary>The shortest text of a number, as the decoder has it: 1 for 1.0.</summary>
    /// <param name="digits">The number as it was written, where that is known: of a whole number all digits are kept.</param>
    /// <param name="value">The number.</param>
    public ReadOnlySpan<byte> Number(string? digits, double value)
    {
        if (digits is { Length: > ExactDigits } && Encoding.UTF8.TryGetBytes(digits, _bytes, out var written))
        {
            var whole = ClassNames.Canonical(_bytes.AsSpan(0, written), ClassForm.AsWritten);
            if (JsonTexts.IsInteger(whole))
                return whole;
        }

        return JsonTexts.CanonicalNumber(value, _bytes);
    }
}
