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

    [Inject]
    private TriggerStore Triggers { get; set; } = null!;

    [Inject]
    private TriggerEvaluation Evaluation { get; set; } = null!;

    [Inject]
    private TargetCatalog Targets { get; set; } = null!;

    [Inject]
    private RunStore Runs { get; set; } = null!;

    /// <inheritdoc/>
    protected override RetrainingTrigger Begun() => new();

    /// <inheritdoc/>
    protected override async Task<RetrainingTrigger?> FindAsync(string name) =>
        (await Triggers.FindAsync(Scope.Model, name, CancellationToken.None))?.Trigger;

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
        Changed(done ? $"{trigger} is deleted; its runs stay." : null);
    }

    private void Closed(string? told)
    {
        Changed(told);
        Navigation.NavigateTo(Address());
    }

    /// <summary>What the panel of triggers shows.</summary>
    public sealed record View(IReadOnlyList<(StoredTrigger Stored, TriggerStatus Status)> Triggers, int Targets);
}
