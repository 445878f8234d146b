using System.Text.Json;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Exchange;

/// <summary>A JSON value a line; lines of blanks are no rows.</summary>
internal static class JsonLines
{
    /// <summary>Gives each row with its index, from 0; a line that is no JSON is told by its index, and the others go on.</summary>
    /// <param name="body">UTF-8.</param>
    /// <param name="take">Takes a row; what it keeps of the element it has to copy.</param>
    /// <param name="refuse">Is told why a line is none.</param>
    public static void Read(ReadOnlySpan<byte> body, Action<int, JsonElement> take, Action<int, string> refuse)
    {
        var index = 0;
        foreach (var range in body.Split((byte)'\n'))
        {
            var line = body[range];
            if (line.Trim(" \r\t"u8).IsEmpty)
                continue;
            try
            {
                var reader = new Utf8JsonReader(line);
                using var row = JsonDocument.ParseValue(ref reader);
                take(index, row.RootElement);
            }
            catch (JsonException error)
            {
                refuse(index, $"The line is not JSON: {Problems.Shorten(error.Message, 200)}");
            }

            index++;
        }
    }
}
