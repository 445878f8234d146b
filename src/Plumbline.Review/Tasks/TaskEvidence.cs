using System.Text.Json;
using Plumbline.Monitoring.Scores;

namespace Plumbline.Review.Tasks;

/// <summary>Why a prediction became a task, as it was known then.</summary>
/// <param name="Priority">The weighed score, 0..1; 0 for tasks made by hand.</param>
/// <param name="Scores">By name.</param>
/// <param name="Reasons">In words, the strongest first.</param>
public sealed record TaskEvidence(double Priority, IReadOnlyDictionary<string, double> Scores, IReadOnlyList<ScoreReason> Reasons)
{
    internal static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        };

    internal static TaskEvidence Of(double priority, ScoredPrediction? scored) =>
        new(
            priority,
            scored?.Values.ToDictionary(pair => pair.Key.Name, pair => pair.Value, StringComparer.Ordinal) ?? [],
            scored?.Reasons ?? []
        );

    internal string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static TaskEvidence Read(string text) => JsonSerializer.Deserialize<TaskEvidence>(text, Json)!;
}
