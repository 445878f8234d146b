using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Alerting.Delivery;

/// <summary>
/// A condition on one label: <c>=</c>, <c>!=</c>, <c>=~</c> or <c>!~</c> (a regular expression that must match the whole value). A label
/// that is not there is empty.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LabelMatcher(string Label, string Value, string Operator = "=")
{
    public const int MaxLength = 256;
    private Regex? _pattern;

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(Label, "");
        return Operator switch
        {
            "=" => value == Value,
            "!=" => value != Value,
            "=~" => Pattern().IsMatch(value),
            _ => !Pattern().IsMatch(value),
        };
    }

    /// <summary>Null when it can be used.</summary>
    public string? Check()
    {
        if (Label is not { Length: > 0 and <= MaxLength })
            return $"a label of 1..{MaxLength} characters is needed, such as model, feature, segment, version, rule or severity.";
        if (Value is not { Length: <= MaxLength })
            return $"a value of at most {MaxLength} characters is needed.";
        if (Operator is not ("=" or "!=" or "=~" or "!~"))
            return "the operator is one of =, !=, =~ and !~.";
        try
        {
            if (Operator is "=~" or "!~")
                Pattern();
            return null;
        }
        catch (Exception broken) when (broken is ArgumentException or NotSupportedException)
        {
            return "the regular expression cannot be read; look-arounds and back-references are not possible.";
        }
    }

    /// <summary>
    /// Reads <c>label=value</c>, <c>label!=value</c>, <c>label=~pattern</c> or <c>label!~pattern</c>; null when it is none of them.
    /// </summary>
    public static LabelMatcher? Parse(string text)
    {
        var at = text.IndexOfAny(['=', '!']);
        if (at <= 0)
            return null;
        var comparison = text.AsSpan(at) switch
        {
            ['=', '~', ..] => "=~",
            ['!', '~', ..] => "!~",
            ['!', '=', ..] => "!=",
            ['=', ..] => "=",
            _ => null,
        };
        return comparison is null ? null : new LabelMatcher(text[..at].Trim(), text[(at + comparison.Length)..].Trim(), comparison);
    }

    public override string ToString() => $"{Label}{Operator}{Value}";

    // Without backtracking: a matcher of a user must not be able to stop the pipeline.
    private Regex Pattern() =>
        _pattern ??= new Regex($"^(?:{Value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}

/// <summary>Weekly hours: on each of the weekdays from one time of the day until another, past midnight when that is earlier.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Recurrence
{
    /// <summary>monday .. sunday; the day on which it begins. Empty for every day.</summary>
    public IReadOnlyList<string> Weekdays
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>HH:mm.</summary>
    public string From { get; init; } = "";

    /// <summary>HH:mm; the same as <see cref="From"/> for 24 hours.</summary>
    public string To { get; init; } = "";

    /// <summary>IANA name; default UTC. The clock of that zone counts, summer time included.</summary>
    public string TimeZone { get; init; } = "UTC";

    public bool Covers(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));
        var (from, to) = (Time(From), Time(To));
        var now = TimeOnly.FromTimeSpan(local.TimeOfDay);
        if (from < to)
            return now >= from && now < to && On(local.DayOfWeek);
        // Past midnight: the evening of the day itself, or the morning after it.
        return (now >= from && On(local.DayOfWeek)) || (now < to && On(local.AddDays(-1).DayOfWeek));
    }

    /// <summary>Null when it can be used.</summary>
    public string? Check()
    {
        if (!TryTime(From, out _) || !TryTime(To, out _))
            return "from and to are times such as 22:00.";
        if (Weekdays.FirstOrDefault(day => !TryDay(day, out _)) is { } unknown)
            return $"'{Problems.Shorten(unknown)}' is not a weekday; write monday .. sunday.";
        return TimeZone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _)
            ? null
            : $"'{Problems.Shorten(TimeZone ?? "")}' is not a time zone that this server knows; write it like Europe/Paris.";
    }

    public override string ToString() => $"{(Weekdays.Count == 0 ? "every day" : string.Join(", ", Weekdays))} {From}-{To} {TimeZone}";

    private bool On(DayOfWeek day) => Weekdays.Count == 0 || Weekdays.Any(name => TryDay(name, out var known) && known == day);

    private static TimeOnly Time(string text) => TryTime(text, out var time) ? time : default;

    private static bool TryTime(string? text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static bool TryDay(string? text, out DayOfWeek day) =>
        Enum.TryParse(text, ignoreCase: true, out day) && Enum.IsDefined(day) && !char.IsAsciiDigit(text![0]);
}

/// <summary>A silence as people declare it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SilenceSpecification
{
    public const int MaxMatchers = 10;
    public const int MaxCommentLength = 1000;

    /// <summary>All of them must match; at least one.</summary>
    public IReadOnlyList<LabelMatcher> Matchers
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Why; needed, because somebody else will wonder.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Default now.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>When it expires. A silence without a recurrence needs this or <see cref="For"/>.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>How long from its start, such as 2h, in place of <see cref="EndsAt"/>.</summary>
    public string? For { get; init; }

    /// <summary>A maintenance window: only during these hours of the week.</summary>
    public Recurrence? Recurrence { get; init; }

    /// <summary>Everything that is wrong, by field.</summary>
    public IReadOnlyList<FieldError> Check(DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        CheckMatchers(errors);
        if (string.IsNullOrWhiteSpace(Comment) || Comment.Length > MaxCommentLength)
            errors.Add(new("comment", $"1..{MaxCommentLength} characters that say why are needed."));
        if (Recurrence?.Check() is { } reason)
            errors.Add(new("recurrence", reason));
        CheckEnd(errors);
        if (errors.Count == 0 && End(now) is { } end && (end <= now || end <= (StartsAt ?? now)))
            errors.Add(new(For is null ? "ends_at" : "for", "it would be over before it begins."));
        return errors;
    }

    private void CheckMatchers(List<FieldError> errors)
    {
        if (Matchers.Count is 0 or > MaxMatchers)
        {
            errors.Add(
                new(
                    "matchers",
                    $"1..{MaxMatchers} are needed; "
                        + $"to silence everything write {{\"label\":\"model\",\"operator\":\"=~\",\"value\":\".*\"}}."
                )
            );
        }

        foreach (var matcher in Matchers)
        {
            if ((matcher is null ? "null is not a matcher." : matcher.Check()) is { } reason)
                errors.Add(new("matchers", reason));
        }
    }

    private void CheckEnd(List<FieldError> errors)
    {
        if (For is not null && (EndsAt is not null || !DurationText.TryParse(For, out var length) || length <= TimeSpan.Zero))
            errors.Add(new("for", "a duration such as 2h is needed, and not together with ends_at."));
        if (Recurrence is null && EndsAt is null && For is null)
        {
            errors.Add(
                new(
                    "ends_at",
                    "needed, or for: a silence without an end hides what nobody remembers. A maintenance window (recurrence) may go "
                        + "without."
                )
            );
        }
    }

    /// <summary>When it expires, or null for never.</summary>
    public DateTimeOffset? End(DateTimeOffset now) =>
        For is not null && DurationText.TryParse(For, out var length) ? (StartsAt ?? now) + length : EndsAt;
}

/// <summary>A declared silence or maintenance window.</summary>
public sealed record Silence
{
    public required long Id { get; init; }

    public required ImmutableArray<LabelMatcher> Matchers { get; init; }

    public Recurrence? Recurrence { get; init; }

    public required string Comment { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Null for a maintenance window without an end.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>True when it silences something at this moment.</summary>
    public bool IsActive(DateTimeOffset at) =>
        at >= StartsAt && (EndsAt is null || at < EndsAt) && (Recurrence is null || Recurrence.Covers(at));

    public bool IsExpired(DateTimeOffset at) => EndsAt <= at;

    /// <summary>True when it silences what has these labels at this moment.</summary>
    public bool Covers(IReadOnlyDictionary<string, string> labels, DateTimeOffset at) =>
        IsActive(at) && Matchers.All(matcher => matcher.Matches(labels));

    /// <summary>The labels that silences look at: those of the notification with model, severity and rule.</summary>
    public static ImmutableDictionary<string, string> LabelsOf(Notification notification)
    {
        var labels = notification
            .Labels.SetItem("model", notification.Model)
            .SetItem("severity", notification.Severity.ToString().ToLowerInvariant());
        return labels.ContainsKey("rule") || !labels.TryGetValue("alertname", out var rule) ? labels : labels.Add("rule", rule);
    }
}
