using System.Collections.Immutable;
using System.Globalization;
using Plumbline.Registry.Web;
using Plumbline.Review.Datasets;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>A recipe as somebody writes it: texts, which may be wrong. What has no field here (filters, policies) stays as it is.</summary>
internal sealed class DatasetDraft(string name, DatasetRecipe present)
{
    private readonly Dictionary<DatasetPartKind, string> _rows = Enum.GetValues<DatasetPartKind>()
        .ToDictionary(kind => kind, kind => present.Parts.FirstOrDefault(part => part.Kind == kind) is { } part ? Text(part.Rows) : "");

    public string Name { get; set; } = name;

    public string Days { get; set; } = present.Days is { } days ? Text(days) : "";

    public LabelConflict Conflict { get; set; } = present.Conflict;

    public SplitKind By { get; set; } = present.Split.By;

    public string Entity { get; set; } = present.Split.Entity ?? "";

    public string Train { get; set; } = Text(present.Split.Train);

    public string Validation { get; set; } = Text(present.Split.Validation);

    public string Test { get; set; } = Text(present.Split.Test);

    public string LeaveOut { get; set; } = string.Join('\n', present.LeaveOut);

    public string RowsOf(DatasetPartKind kind) => _rows[kind];

    public void SetRows(DatasetPartKind kind, string? text) => _rows[kind] = text ?? "";

    /// <summary>The recipe, or what cannot be read.</summary>
    public (DatasetRecipe Recipe, IReadOnlyList<FieldError> Errors) Read()
    {
        var errors = new List<FieldError>();
        var parts = ImmutableArray.CreateBuilder<DatasetPart>();
        foreach (var (kind, text) in _rows.Where(pair => pair.Value.Trim().Length > 0))
        {
            var rows = (int)Number(text, $"rows.{kind}", errors);
            var known = present.Parts.Where(part => part.Kind == kind).DefaultIfEmpty(new DatasetPart { Kind = kind }).ToList();
            parts.Add(known[0] with { Rows = rows });
            parts.AddRange(known.Skip(1));
        }

        var recipe = present with
        {
            Parts = parts.ToImmutable(),
            Days = Days.Trim().Length == 0 ? null : (int)Number(Days, "days", errors),
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

    private static double Number(string text, string field, List<FieldError> errors)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < int.MaxValue)
            return number;
        errors.Add(new(field, "A number is needed."));
        return 0;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
