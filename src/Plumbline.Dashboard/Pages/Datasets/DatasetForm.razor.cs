using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review;
using Plumbline.Review.Datasets;
using Plumbline.Review.Policies;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>Makes or changes the recipe of a data set.</summary>
public sealed partial class DatasetForm
{
    private static readonly HashSet<string> Fields = new(StringComparer.Ordinal)
    {
        "name",
        "days",
        "from",
        "to",
        "seed",
        "split.by",
        "split.entity",
        "split.train",
        "split.validation",
        "split.test",
        "conflict",
        "leave_out",
    };

    private DatasetDraft _draft = null!;
    private IReadOnlyList<FieldError> _errors = [];
    private IReadOnlyList<string> _policies = [];

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    /// <summary>Empty for a new one.</summary>
    [Parameter]
    public string? Name { get; set; }

    [Parameter, EditorRequired]
    public DatasetRecipe Present { get; set; } = null!;

    /// <summary>Said what was done; null when nothing was.</summary>
    [Parameter]
    public EventCallback<string?> OnClosed { get; set; }

    [Inject]
    private DatasetStore Datasets { get; set; } = null!;

    [Inject]
    private PolicyStore Policies { get; set; } = null!;

    private bool IsNew => string.IsNullOrEmpty(Name);

    protected override void OnParametersSet() => _draft ??= new DatasetDraft(Name ?? "", Present);

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        _policies = [.. (await Policies.ReadAsync(Model, CancellationToken.None)).Select(stored => stored.Policy.Name)];
    }

    // What is wrong with a part stands beside it.
    private static bool Shown(string field) => Fields.Contains(field) || field.StartsWith("parts[", StringComparison.Ordinal);

    private void AddPart() => _draft.Parts.Add(new PartDraft(new DatasetPart { Kind = DatasetPartKind.Labelled, Rows = 10_000 }));

    private async Task SaveAsync()
    {
        var (recipe, unread) = _draft.Read();
        var name = _draft.Name.Trim();
        _errors = [.. unread, .. DatasetCheck.Check(name, recipe, Model)];
        if (_errors.Count > 0)
            return;
        var saved = await RunAsync(
            ReviewCommands.DeclareDataset,
            Model.Name,
            name,
            actor => Datasets.PutAsync(Model, name, recipe, actor.Name, CancellationToken.None)
        );
        if (saved)
            await OnClosed.InvokeAsync($"{name} is saved; its next version is made by this.");
        else
            _errors = [new("name", $"A model has at most {DatasetStore.MaxDatasets} data sets.")];
    }
}
