using System.Globalization;
using Plumbline.Registry.Web;
using Plumbline.Review.Datasets;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>A recipe as somebody writes it: texts, which may be wrong.</summary>
internal sealed class DatasetDraft(string name, DatasetRecipe present)
{
    /// <summary>What rows are taken from, in the order of the recipe.</summary>
    public List<PartDraft> Parts { get; } = [.. present.Parts.Select(part => new PartDraft(part))];

    public string Name { get; set; } = name;

    public string Days { get; set; } = present.Days is { } days ? Text(days) : "";

    /// <summary>The first time, as the address of a page has it; empty for none.</summary>
    public string From { get; set; } = Time(present.From);

    public string To { get; set; } = Time(present.To);

    public string Seed { get; set; } = Text(present.Seed);

    public LabelConflict Conflict { get; set; } = present.Conflict;

    public SplitKind By { get; set; } = present.Split.By;

    public string Entity { get; set; } = present.Split.Entity ?? "";

    public string Train { get; set; } = Text(present.Split.Train);

    public string Validation { get; set; } = Text(present.Split.Validation);

    public string Test { get; set; } = Text(present.Split.Test);

    public string LeaveOut { get; set; } = string.Join('\n', present.LeaveOut);

    /// <summary>The recipe, or what cannot be read.</summary>
    public (DatasetRecipe Recipe, IReadOnlyList<FieldError> Errors) Read()
    {
        var errors = new List<FieldError>();
        var recipe = present with
        {
            Parts = [.. Parts.Select((part, i) => part.Read($"parts[{i}]", errors))],
            From = Moment(From, "from", errors),
            To = Moment(To, "to", errors),
            Days = Days.Trim().Length == 0 ? null : (int)Number(Days, "days", errors),
            Seed = (int)Number(Seed, "seed", errors),
            Conflict = Conflict,
            Split = present.Split with
            {
                By = By,
                Entity = Entity.Trim() is { Length: > 0 } entity ? entity : null,
                Train = Number(Train, "split.train", errors),
                Validation = Number(Validation, "split.validation", errors),
                Test = Number(Test, "split.test", errors),
            },
            LeaveOut = [.. LeaveOut.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };
        return (recipe, errors);
    }

    private static DateTimeOffset? Moment(string text, string field, List<FieldError> errors)
    {
        if (text.Trim().Length == 0)
            return null;
        if (RequestTimes.TryParse(text.Trim(), default, out var time))
            return time;
        errors.Add(new(field, "A time such as 2026-03-01T00:00:00Z."));
        return null;
    }

    internal static double Number(string text, string field, List<FieldError> errors)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < int.MaxValue)
            return number;
        errors.Add(new(field, "A number is needed."));
        return 0;
    }

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    internal static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
