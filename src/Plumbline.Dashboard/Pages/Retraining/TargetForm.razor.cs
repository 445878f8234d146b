using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Dashboard.Pages.Retraining;

/// <summary>A new target, or a change of one; its fields follow from its kind.</summary>
public sealed partial class TargetForm
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private IReadOnlyList<FieldError> _errors = [];
    private RetrainingTarget? _present;
    private TargetKind? _kind;
    private string? _opened;
    private string _name = "";
    private bool _enabled = true;

    /// <summary>The target to change; null for a new one of <see cref="Kind"/>.</summary>
    [Parameter]
    public string? Name { get; set; }

    [Parameter]
    public string? Kind { get; set; }

    [Parameter, EditorRequired]
    public PageScope Scope { get; set; } = null!;

    /// <summary>Said what was done.</summary>
    [Parameter]
    public EventCallback<string> OnSaved { get; set; }

    [Inject]
    private TargetCatalog Targets { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        // A live page reads again and again; what is being typed stays.
        var wanted = Name is null ? $"new {Kind}" : $"old {Name}";
        if (_opened == wanted)
            return;
        (_opened, _errors) = (wanted, []);
        _values.Clear();
        _present = Name is null ? null : await Targets.FindAsync(Name, CancellationToken.None);
        _kind = Name is null ? TargetKind.Find(Kind) ?? TargetKind.All[0] : _present?.Kind;
        _enabled = _present?.Declared.Enabled ?? true;
        foreach (var (key, value) in _present?.Declared.Values ?? ImmutableSortedDictionary<string, string>.Empty)
            _values[key] = value;
    }

    private string Hint(TargetField field) =>
        field.IsSecret && _present?.SecretsSet.Contains(field.Key, StringComparer.Ordinal) == true
            ? "set; type to change it"
            : field.Default ?? field.Hint;

    private async Task SaveAsync()
    {
        var name = Name ?? _name.Trim();
        if (Name is null && await Targets.FindAsync(name, CancellationToken.None) is not null)
        {
            _errors = [new("name", $"there is a target '{name}' already; choose another name.")];
            return;
        }

        var values = _values.Where(pair => pair.Value.Length > 0).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var (target, created, errors) = await RunAsync(
            RetrainingCommands.DeclareTarget,
            model: null,
            name,
            actor => Targets.PutAsync(name, new TargetSpecification(_kind!.Name, values, _enabled), actor.Name, CancellationToken.None),
            static stored => stored.Target is not null
        );
        _errors = errors;
        if (target is not null)
            await OnSaved.InvokeAsync(created ? $"{name} is ready; test whether it can be reached." : $"{name} was changed.");
    }
}
