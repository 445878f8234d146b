using System.Text.Json;
using Plumbline.Monitoring.Scores;
using Plumbline.Review.Policies;

namespace Plumbline.Review.Estimates;

/// <summary>
/// What says of every prediction, and not only of those that people look at, how likely it is wrong: the model itself, a second model that
/// runs as shadow, rules and judges that send a business signal that is bad when it rises, the guard, and cold spots. Each is taken as it
/// was known at the draw, for the chosen predictions and for all others, so that both speak of the same.
/// </summary>
public static class CheapLabels
{
    /// <summary>The scores that are cheap labels; the first is the one that stands alone where answers are few.</summary>
    public static IReadOnlyList<ScoreKind> Kinds { get; } =
    [ScoreKind.ExpectedError, ScoreKind.Disagreement, ScoreKind.Complaint, ScoreKind.Guard, ScoreKind.ColdSpot];

    /// <summary>Their means over the predictions that were drawn from, as they are stored with a draw.</summary>
    internal static string Write(IReadOnlyDictionary<string, double> means) => JsonSerializer.Serialize(means);

    /// <summary>Means by the name of the score; of a draw that was made before there were several, the one that it has.</summary>
    internal static IReadOnlyDictionary<string, double> Of(ReviewDrawRow draw) =>
        draw.CheapMeans is { } text ? JsonSerializer.Deserialize<Dictionary<string, double>>(text)!
        : draw.MeanExpected is { } mean ? new Dictionary<string, double> { [ScoreKind.ExpectedError.Name] = mean }
        : [];
}
