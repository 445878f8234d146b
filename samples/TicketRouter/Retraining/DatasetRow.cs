using System.Text.Json;
using System.Text.Json.Serialization;

namespace TicketRouter.Retraining;

/// <summary>A row of a data set, as far as training here needs it: the ticket's text is in the service's own archive.</summary>
/// <param name="PredictionId">The ticket's id; null in rows of the reference, which no customer wrote.</param>
/// <param name="Label">What was right; null where nobody knows.</param>
public sealed record DatasetRow(string? PredictionId, string? Label)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };

    /// <summary>Reads one line of JSON.</summary>
    /// <exception cref="JsonException">The line is no row.</exception>
    public static DatasetRow Read(string line) =>
        JsonSerializer.Deserialize<DatasetRow>(line, Json) ?? throw new JsonException("The row is null.");
}
