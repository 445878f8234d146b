using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Review.Retraining;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Review.Retraining.Targets;
using Plumbline.Review.Retraining.Triggers;

namespace Plumbline.Dashboard.Pages.Retraining;

/// <summary>When a model is trained again, and what became of it.</summary>
public sealed partial class RetrainingTab
{
    private const string Before = "before";
    private const int PageSize = 50;
    private static readonly string[] Keys = ["new", "edit", "ask", "run"];

    private RetrainingTrigger? _editing;
    private bool _isNew;
    private string? _opened;
    private string? _told;
    private int _changes;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Inject]
    private TriggerStore Triggers { get; set; } = null!;

    [Inject]
    private TriggerEvaluation Evaluation { get; set; } = null!;

    [Inject]
    private TargetCatalog Targets { get; set; } = null!;

    [Inject]
    private RunStore Runs { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        var opened = Scope.Page["new"] is not null ? "" : Scope.Page["edit"];
        if (opened == _opened)
            return;
        _opened = opened;
        _isNew = opened is { Length: 0 };
        _editing = opened switch
        {
            null => null,
            "" => new RetrainingTrigger(),
            _ => (await Triggers.FindAsync(Scope.Model, opened, CancellationToken.None))?.Trigger,
        };
    }

    private async Task<View> LoadAsync(CancellationToken cancellation)
    {
        var triggers = new List<(StoredTrigger, TriggerStatus)>();
        foreach (var stored in await Triggers.ReadAsync(Scope.Model, cancellation))
            triggers.Add((stored, await Evaluation.OfAsync(Scope.Model, stored, cancellation)));
        return new(triggers, (await Targets.ReadAsync(cancellation)).Count);
    }

    private Task<IReadOnlyList<RetrainingRunRow>> RunsAsync(CancellationToken cancellation) =>
        Runs.PageAsync(
            Scope.Model,
            wanted: null,
            long.TryParse(Scope.Page[Before], NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null,
            PageSize + 1,
            cancellation
        );

    // What is open beside the lists is one thing at a time.
    private string Address(params IEnumerable<(string Key, string? Value)> opened) =>
        Scope.Page.With([.. Keys.Except(opened.Select(pair => pair.Key)).Select(key => (key, (string?)null)), .. opened]);

    private async Task DeleteAsync(string trigger)
    {
        var done = await RunAsync(
            RetrainingCommands.DeleteTrigger,
            Scope.Model.Name,
            trigger,
            _ => Triggers.DeleteAsync(Scope.Model, trigger, CancellationToken.None)
        );
        (_told, _changes) = (done ? $"{trigger} is deleted; its runs stay." : null, _changes + 1);
    }

    private void Changed(string? told) => (_told, _changes) = (told, _changes + 1);

    private void Closed(string? told)
    {
        Changed(told);
        Navigation.NavigateTo(Address());
    }

    /// <summary>What the panel of triggers shows.</summary>
    public sealed record View(IReadOnlyList<(StoredTrigger Stored, TriggerStatus Status)> Triggers, int Targets);
}
