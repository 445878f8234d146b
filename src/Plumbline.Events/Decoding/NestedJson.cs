using System.Text.Json;

namespace Plumbline.Events.Decoding;

/// <summary>Takes an object or array as the text it is.</summary>
internal static class NestedJson
{
    public static bool Read(
        ref Utf8JsonReader json,
        ReadOnlySpan<byte> body,
        RowWriter row,
        string field,
        int limit,
        out ReadOnlySpan<byte> text
    )
    {
        text = default;
        var start = (int)json.TokenStartIndex;
        var depth = json.CurrentDepth;
        while (json.Read() && !(json.CurrentDepth == depth && json.TokenType is (JsonTokenType.EndObject or JsonTokenType.EndArray)))
        {
            if (json.CurrentDepth - depth > row.Limits.JsonDepth)
                return row.Fail(RejectionCode.NestedTooDeep, field, $"'{field}' nests deeper than {row.Limits.JsonDepth}.");
        }
        text = body[start..(int)json.BytesConsumed];
        if (text.Length > limit)
            return row.Fail(RejectionCode.ValueTooLong, field, $"'{field}' has {text.Length} bytes; at most {limit} are taken.");
        return JsonTexts.IndexOfBrokenText(text) < 0
            || row.Fail(
                RejectionCode.TextInvalid,
                field,
                $"'{field}' has text that is not valid UTF-8, or an escape for half of a surrogate pair."
            );
    }
}

/// <summary>Passes over top-level keys that this version does not know, and remembers their names for the answer.</summary>
internal static class UnknownFields
{
    public static bool Skip(ref Utf8JsonReader json, RowState row)
    {
        row.Batch.Ignore(json.ValueSpan);
        json.Read();
        json.Skip();
        return true;
    }
}
