using System.Text;
using System.Text.Json;
using Plumbline.Events.Batches;

namespace Plumbline.Events.Decoding;

/// <summary>Reads the <c>features</c> of a prediction.</summary>
internal static class FeatureSection
{
    private const byte Valid = 1;
    private const byte Invalid = 2;
    private const int ExactDigits = 15;

    public static bool Read(ref Utf8JsonReader json, ReadOnlySpan<byte> body, RowState row)
    {
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.StartObject)
            return row.FailType("features", "an object of names and values", json.TokenType);
        var section = Begin(row);
        if (!ReadObject(ref json, body, row, prefix: null, depth: 0, ref section))
            return false;
        section.End(row);
        return true;
    }

    /// <summary>Begins the section; its length and count are known at its end.</summary>
    public static Open Begin(RowWriter row)
    {
        row.Buffer.WriteByte((byte)RowField.Features);
        var section = new Open(row.Buffer.Length);
        row.Buffer.WriteInt32(0);
        row.Buffer.WriteInt32(0);
        return section;
    }

    /// <summary>An object inside is features of its own with dotted names (user.country), as a table of the same data has them.</summary>
    public static bool ReadObject(
        ref Utf8JsonReader json,
        ReadOnlySpan<byte> body,
        RowState row,
        byte[]? prefix,
        int depth,
        ref Open section
    )
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!row.TryText(ref json, "features", row.Limits.NameCharacters * 4, out var key))
                return row.Fail(RejectionCode.FeatureNameInvalid, JsonTexts.Shown(json.ValueSpan), row.Detail!);
            var name = Joined(prefix, key.Trim(" \t"u8));
            json.Read();
            if (json.TokenType == JsonTokenType.StartObject)
            {
                if (depth == row.Limits.JsonDepth)
                {
                    return row.Fail(
                        RejectionCode.NestedTooDeep,
                        JsonTexts.Shown(name),
                        $"The feature nests deeper than {row.Limits.JsonDepth}."
                    );
                }

                if (!ReadObject(ref json, body, row, [.. name, (byte)'.'], depth + 1, ref section))
                    return false;
                continue;
            }
            if (!section.TakeName(name, row) || !ReadValue(ref json, body, row, section.Name))
                return false;
        }
        return true;
    }

    // The usual row is flat: nothing is copied.
    private static ReadOnlySpan<byte> Joined(byte[]? prefix, ReadOnlySpan<byte> key) => prefix is null ? key : (byte[])[.. prefix, .. key];

    private static bool ReadValue(ref Utf8JsonReader json, ReadOnlySpan<byte> body, RowState row, int name)
    {
        var buffer = row.Buffer;
        buffer.WriteVarint((uint)name);
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                buffer.WriteByte((byte)FeatureValueKind.Missing);
                return true;
            case JsonTokenType.True:
                WriteKind(row, name, FeatureValueKind.True, 0);
                return true;
            case JsonTokenType.False:
                WriteKind(row, name, FeatureValueKind.False, 0);
                return true;
            case JsonTokenType.Number:
                return WriteNumber(json.ValueSpan, json.GetDouble(), row, name);
            case JsonTokenType.String:
                if (!row.TryText(ref json, "features", row.Limits.TextBytes, out var text))
                    return row.Fail(row.Code!, row.Batch.Names.Text(name), row.Detail!);
                WriteKind(row, name, FeatureValueKind.Text, text.Length);
                buffer.WriteText(text);
                return true;
            default:
                if (!NestedJson.Read(ref json, body, row, "features", row.Limits.TextBytes, out var nested))
                    return row.Fail(row.Code!, row.Batch.Names.Text(name), row.Detail!);
                WriteKind(row, name, FeatureValueKind.Json, nested.Length);
                buffer.WriteText(nested);
                return true;
        }
    }

    public static bool WriteNumber(ReadOnlySpan<byte> digits, double value, RowWriter row, int name)
    {
        var buffer = row.Buffer;
        if (digits.Length > ExactDigits && JsonTexts.IsInteger(digits))
        {
            if (digits.Length > row.Limits.TextBytes)
            {
                return row.Fail(
                    RejectionCode.ValueTooLong,
                    row.Batch.Names.Text(name),
                    $"The number has {digits.Length} digits; at most {row.Limits.TextBytes} are taken."
                );
            }

            WriteKind(row, name, FeatureValueKind.LongInteger, 0);
            buffer.WriteDouble(value);
            buffer.WriteText(digits);
            return true;
        }
        WriteKind(row, name, FeatureValueKind.Number, 0);
        buffer.WriteDouble(value);
        return true;
    }

    public static void WriteKind(RowWriter row, int name, FeatureValueKind kind, int length)
    {
        row.Buffer.WriteByte((byte)kind);
        row.NoteKind(name, kind, length);
    }

    private static bool IsValidName(ReadOnlySpan<byte> utf8, EventLimits limits)
    {
        if (utf8.IsEmpty || utf8[0] == '@')
            return false;
        var text = Encoding.UTF8.GetString(utf8);
        return text.Length <= limits.NameCharacters && !text.Any(char.IsControl);
    }

    /// <summary>The section while it is written.</summary>
    public struct Open(int start)
    {
        private int _count;

        /// <summary>The name that was taken last.</summary>
        public int Name { get; private set; } = NameTable.BeforeFeatures;

        /// <summary>Takes the name of the next feature; refuses the row when it is no name, or there already.</summary>
        public bool TakeName(ReadOnlySpan<byte> text, RowWriter row)
        {
            if (++_count > row.Limits.FeaturesPerRow)
                return row.Fail(RejectionCode.TooManyFeatures, "features", $"The row has more than {row.Limits.FeaturesPerRow} features.");
            var name = row.Batch.Names.Intern(text, Name, row.Limits.NamesPerBatch);
            if (name < 0)
            {
                return row.Fail(
                    RejectionCode.TooManyFeatures,
                    JsonTexts.Shown(text),
                    $"The batch has more than {row.Limits.NamesPerBatch} different names."
                );
            }

            ref var entry = ref row.Batch.Names.At(name);
            if (entry.FeatureNameCheck == 0)
                entry.FeatureNameCheck = IsValidName(text, row.Limits) ? Valid : Invalid;
            if (entry.FeatureNameCheck == Invalid)
            {
                return row.Fail(
                    RejectionCode.FeatureNameInvalid,
                    JsonTexts.Shown(text),
                    $"A feature name has 1 to {row.Limits.NameCharacters} characters, none of them a control character, "
                        + "and does not start with '@'."
                );
            }
            if (entry.FeatureRow == row.Stamp)
            {
                return row.Fail(
                    RejectionCode.DuplicateKey,
                    JsonTexts.Shown(text),
                    $"The feature '{JsonTexts.Shown(text)}' is there twice."
                );
            }
            entry.FeatureRow = row.Stamp;
            Name = name;
            return true;
        }

        /// <summary>Completes the section.</summary>
        public readonly void End(RowWriter row)
        {
            row.Buffer.PatchInt32(start, row.Buffer.Length - start - 4);
            row.Buffer.PatchInt32(start + 4, _count);
        }
    }
}

/// <summary>Reads the <c>probabilities</c> of a prediction.</summary>
internal static class ProbabilitySection
{
    // Senders round: the sum of many rounded numbers may pass 1 by a little.
    private const double LargestSum = 1.01;

    // A probability made with 32 bits may pass 0 or 1 by its last digit.
    private const double Rounding = 1e-6;

    public static bool Read(ref Utf8JsonReader json, RowState row)
    {
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.StartObject)
            return row.FailType("probabilities", "an object of classes and numbers", json.TokenType);
        var section = Begin(row);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!row.TryClass(ref json, "probabilities", out var name))
                return false;
            if (!section.TakeClass(name, json.ValueSpan, row))
                return false;
            json.Read();
            if (json.TokenType != JsonTokenType.Number)
                return row.FailType("probabilities", "an object of classes and numbers", json.TokenType);
            if (!section.Write(json.GetDouble(), row))
                return false;
        }
        return section.End(row);
    }

    /// <summary>Begins the section; its length and count are known at its end.</summary>
    public static Open Begin(RowWriter row)
    {
        row.Buffer.WriteByte((byte)RowField.Probabilities);
        var section = new Open(row.Buffer.Length);
        row.Buffer.WriteInt32(0);
        row.Buffer.WriteInt32(0);
        return section;
    }

    /// <summary>A probability without the last digit of rounding; false when it lies outside [0, 1].</summary>
    internal static bool TryClamp(double written, out double probability)
    {
        probability = Math.Clamp(written, 0, 1);
        return Math.Abs(written - probability) <= Rounding;
    }

    /// <summary>The section while it is written.</summary>
    public struct Open(int start)
    {
        private int _count;
        private double _sum;
        private int _name = NameTable.BeforeClasses;

        /// <summary>Takes the class of the next probability; refuses the row when it is none, or there already.</summary>
        /// <param name="text">The class in the model's form.</param>
        /// <param name="written">As it was written.</param>
        /// <param name="row">The row.</param>
        public bool TakeClass(ReadOnlySpan<byte> text, ReadOnlySpan<byte> written, RowWriter row)
        {
            if (++_count > row.Limits.ClassesPerRow)
            {
                return row.Fail(
                    RejectionCode.TooManyClasses,
                    "probabilities",
                    $"The row has probabilities for more than {row.Limits.ClassesPerRow} classes."
                );
            }

            if (text.IsEmpty)
                return row.Fail(RejectionCode.FieldInvalid, "probabilities", $"'{JsonTexts.Shown(written)}' is no name of a class.");
            _name = row.Batch.Names.Intern(text, _name, row.Limits.NamesPerBatch);
            if (_name < 0)
            {
                return row.Fail(
                    RejectionCode.TooManyClasses,
                    "probabilities",
                    $"The batch has more than {row.Limits.NamesPerBatch} different names."
                );
            }

            ref var entry = ref row.Batch.Names.At(_name);
            if (entry.ClassRow == row.Stamp)
            {
                return row.Fail(
                    RejectionCode.DuplicateKey,
                    "probabilities",
                    $"The class '{JsonTexts.Shown(text)}' is there twice (1 and 1.0, True and true are one class)."
                );
            }

            entry.ClassRow = row.Stamp;
            return true;
        }

        /// <summary>The probability of the class that was taken last.</summary>
        public bool Write(double written, RowWriter row)
        {
            if (!TryClamp(written, out var value))
            {
                return row.Fail(RejectionCode.ProbabilityInvalid, "probabilities", $"A probability is {written:R}; it lies in [0, 1].");
            }

            _sum += value;
            row.Buffer.WriteVarint((uint)_name);
            row.Buffer.WriteDouble(value);
            return true;
        }

        /// <summary>Completes the section.</summary>
        public readonly bool End(RowWriter row)
        {
            row.Buffer.PatchInt32(start, row.Buffer.Length - start - 4);
            row.Buffer.PatchInt32(start + 4, _count);
            return _sum <= LargestSum
                || row.Fail(RejectionCode.ProbabilityInvalid, "probabilities", $"The probabilities add up to {_sum:R}; at most 1.");
        }
    }
}
