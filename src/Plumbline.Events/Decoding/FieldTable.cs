using System.Text;
using System.Text.Json;

namespace Plumbline.Events.Decoding;

/// <summary>Reads the value of a field, which the JSON reader has come to. False when the row is refused.</summary>
internal delegate bool FieldReader(ref Utf8JsonReader json, ReadOnlySpan<byte> body, RowState row);

/// <summary>
/// The top-level fields of a kind of event, each with how its value is read. A field's place is the number by which a row remembers that
/// it had it. Those that are in every row come first: they are found soonest.
/// </summary>
internal sealed class FieldTable(params (string Name, FieldReader Read)[] fields)
{
    private readonly byte[][] _keys = [.. fields.Select(field => Encoding.UTF8.GetBytes(field.Name))];

    /// <summary>Reads the field whose key the reader has come to; one that this version does not know is passed over.</summary>
    public bool Read(ref Utf8JsonReader json, ReadOnlySpan<byte> body, RowState row)
    {
        var at = IndexOf(ref json);
        if (at < 0)
            return UnknownFields.Skip(ref json, row);
        var (name, read) = fields[at];
        return row.Once(at, name) && json.Read() && read(ref json, body, row);
    }

    private int IndexOf(ref Utf8JsonReader json)
    {
        if (json.ValueIsEscaped)
            return IndexOfEscaped(ref json);
        var key = json.ValueSpan;
        for (var at = 0; at < _keys.Length; at++)
        {
            if (key.SequenceEqual(_keys[at]))
                return at;
        }

        return -1;
    }

    private int IndexOfEscaped(ref Utf8JsonReader json)
    {
        for (var at = 0; at < _keys.Length; at++)
        {
            if (json.ValueTextEquals(_keys[at]))
                return at;
        }

        return -1;
    }
}
