using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;

namespace Plumbline.Review.Policies;

/// <summary>
/// Which predictions of a model people look at: most of the budget goes to those with the highest scores, a share of it to any prediction
/// by chance. Every prediction has a known probability to be chosen, so that what people find speaks for all of them.
/// </summary>
public sealed record ReviewPolicy
{
    /// <summary>Of its model; 1..64 characters of A-Z a-z 0-9 . _ -.</summary>
    public string Name { get; init; } = "";

    /// <summary>False: nothing new is chosen; open tasks stay.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// How much each score counts, by its name; 0..100, at least one above 0. A score that a prediction does not have counts as 0. The
    /// default asks for what is likely wrong first, then for what is rare.
    /// </summary>
    public ImmutableSortedDictionary<string, double> Weights { get; init; } = DefaultWeights;

    /// <summary>
    /// How much more often a prediction with a high score is chosen: the weighed score (0..1) to this power. 0 chooses by chance alone, 20
    /// nearly always the highest. Range 0..20, default 8.
    /// </summary>
    public double Sharpness { get; init; } = 8;

    /// <summary>Tasks a day on average; what is drawn for shorter stretches has its part of it. Range 1..1,000,000, default 50.</summary>
    public int PerDay { get; init; } = 50;

    /// <summary>
    /// The share of the budget that is drawn from all predictions alike: it is what accuracy of all traffic is known by, and what finds
    /// errors that no score points at. Range 0..1, default 0.2; 0 leaves predictions without a score out for good.
    /// </summary>
    public double UniformShare { get; init; } = 0.2;

    /// <summary>
    /// Of what is not drawn from all alike, the share that is drawn by chance from the known cold spots, each with as large a part as it
    /// has of the loss that they explain: answers there are training data for the inputs that the model is bad at, not only for those that
    /// it is unsure of. Range 0..1, default 0.5. Without a known cold spot scores choose these too.
    /// </summary>
    public double ColdSpotShare { get; init; } = 0.5;

    /// <summary>
    /// What no value may have more than <see cref="QuotaShare"/> of the scored budget of: <c>prediction</c>, or a segment feature. Null: no
    /// quota.
    /// </summary>
    public string? QuotaBy { get; init; }

    /// <summary>Largest share of the scored budget of one value. Range 0.01..1, default 0.5.</summary>
    public double QuotaShare { get; init; } = 0.5;

    /// <summary>
    /// True (default): of predictions that are nearly the same (all numbers in the same reference percentiles, all categories alike, texts
    /// with nearly the same words) within one stretch only one can be chosen by score.
    /// </summary>
    public bool Diverse { get; init; } = true;

    /// <summary>Only predictions that match all of these, written as in a search (<c>features.country:eq:BR</c>). At most 20.</summary>
    public ImmutableArray<string> Filter { get; init; } = [];

    /// <summary>True (default): predictions whose ground truth is known already are not chosen.</summary>
    public bool OnlyUnlabelled { get; init; } = true;

    /// <summary>How far back a new policy looks, and tasks stay open: older ones expire. Range 1h..90d, default 2d.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(2);

    /// <summary>People who answer each task. Range 1..9, default 1.</summary>
    public int Annotators { get; init; } = 1;

    /// <summary>Whether they see what the model answered before they answer. Default false: what is shown is easily agreed with.</summary>
    public bool ShowAnswer { get; init; }

    /// <summary>What they are told, beside each task; at most 20,000 characters.</summary>
    public string Guidelines { get; init; } = "";

    /// <summary>Share of tasks with a known answer that is shown to measure annotators. Range 0..0.5, default 0.</summary>
    public double GoldShare { get; init; }

    /// <summary>How policies are written in the API, in files and in the state.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            Converters = { new DurationJsonConverter() },
        };

    private static ImmutableSortedDictionary<string, double> DefaultWeights { get; } =
        ImmutableSortedDictionary
            .Create<string, double>(StringComparer.Ordinal)
            .Add(ScoreKind.ExpectedError.Name, 1)
            .Add(ScoreKind.Oddity.Name, 0.1)
            .Add(ScoreKind.Disagreement.Name, 0.2)
            .Add(ScoreKind.Complaint.Name, 0.2);

    /// <summary>The kinds of scores that count.</summary>
    [JsonIgnore]
    public IEnumerable<(ScoreKind Kind, double Weight)> Counting =>
        Weights.Where(pair => pair.Value > 0).Select(pair => (ScoreKind.Find(pair.Key)!, pair.Value));

    /// <summary>Whether the quota is about the answered class.</summary>
    [JsonIgnore]
    public bool IsQuotaByAnswer => QuotaBy == AnswerQuota;

    internal const string AnswerQuota = "prediction";
}
