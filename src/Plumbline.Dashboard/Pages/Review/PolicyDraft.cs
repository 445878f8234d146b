using System.Collections.Immutable;
using System.Globalization;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;
using Plumbline.Review.Policies;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>A policy as somebody writes it: texts, which may be wrong.</summary>
internal sealed class PolicyDraft(ReviewPolicy present)
{
    private readonly Dictionary<string, string> _weights = present.Weights.ToDictionary(
        pair => pair.Key,
        pair => Text(pair.Value),
        StringComparer.Ordinal
    );

    public string Name { get; set; } = present.Name;

    public string PerDay { get; set; } = Text(present.PerDay);

    public string UniformShare { get; set; } = Text(present.UniformShare);

    public string ColdSpotShare { get; set; } = Text(present.ColdSpotShare);

    public string Sharpness { get; set; } = Text(present.Sharpness);

    public string QuotaBy { get; set; } = present.QuotaBy ?? "";

    public string QuotaShare { get; set; } = Text(present.QuotaShare);

    public string MaxAge { get; set; } = DurationText.Format(present.MaxAge);

    public string Annotators { get; set; } = Text(present.Annotators);

    public string GoldShare { get; set; } = Text(present.GoldShare);

    public string Filter { get; set; } = string.Join('\n', present.Filter);

    public string Guidelines { get; set; } = present.Guidelines;

    public bool Diverse { get; set; } = present.Diverse;

    public bool OnlyUnlabelled { get; set; } = present.OnlyUnlabelled;

    public bool ShowAnswer { get; set; } = present.ShowAnswer;

    public bool Enabled { get; set; } = present.Enabled;

    public string WeightOf(ScoreKind kind) => _weights.GetValueOrDefault(kind.Name, "0");

    public void SetWeight(ScoreKind kind, string? text) => _weights[kind.Name] = text ?? "";

    /// <summary>The policy, or what cannot be read.</summary>
    public (ReviewPolicy? Policy, IReadOnlyList<FieldError> Errors) Read()
    {
        var errors = new List<FieldError>();
        var weights = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var (name, text) in _weights)
        {
            var weight = Number(text, $"weights.{name}", errors);
            if (weight != 0)
                weights[name] = weight;
        }

        var age = present.MaxAge;
        if (!DurationText.TryParse(MaxAge.Trim(), out age))
            errors.Add(new("max_age", "A duration such as 2d or 12h."));
        var policy = present with
        {
            Name = Name.Trim(),
            Enabled = Enabled,
            Weights = weights.ToImmutable(),
            Sharpness = Number(Sharpness, "sharpness", errors),
            PerDay = Whole(PerDay, "per_day", errors),
            UniformShare = Number(UniformShare, "uniform_share", errors),
            ColdSpotShare = Number(ColdSpotShare, "cold_spot_share", errors),
            QuotaBy = QuotaBy.Length == 0 ? null : QuotaBy,
            QuotaShare = Number(QuotaShare, "quota_share", errors),
            Diverse = Diverse,
            Filter = [.. Filter.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            OnlyUnlabelled = OnlyUnlabelled,
            MaxAge = age,
            Annotators = Whole(Annotators, "annotators", errors),
            ShowAnswer = ShowAnswer,
            Guidelines = Guidelines,
            GoldShare = Number(GoldShare, "gold_share", errors),
        };
        return errors.Count > 0 ? (null, errors) : (policy, errors);
    }

    private static double Number(string text, string field, List<FieldError> errors)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return number;
        errors.Add(new(field, $"'{Problems.Shorten(text)}' is not a number."));
        return 0;
    }

    private static int Whole(string text, string field, List<FieldError> errors)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        errors.Add(new(field, $"'{Problems.Shorten(text)}' is not a whole number."));
        return 0;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
