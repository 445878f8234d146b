using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>A new receiver, or a change of one; its fields follow from its kind.</summary>
public sealed partial class ReceiverForm
{
    private ReceiverDraft? _draft;
    private Receiver? _present;
    private string? _opened;
    private bool _saving;
    private bool _removing;
    private IReadOnlyList<FieldError> _errors = [];
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The receiver to change; null for a new one of <see cref="Kind"/>.</summary>
    [Parameter]
    public string? Name { get; set; }

    [Parameter]
    public string? Kind { get; set; }

    [Parameter, EditorRequired]
    public PageScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public Func<string, Task> Saved { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        // A live page reads again and again; what is being typed stays.
        var wanted = Name is null ? $"new {Kind}" : $"old {Name}";
        if (_opened == wanted)
            return;
        (_opened, _errors, _removing) = (wanted, [], false);
        _entries.Clear();
        _present = Name is null ? null : Receivers.Find(Name);
        var name = _draft?.Name ?? "";
        _draft = Name is not null
            ? (_present is null ? null : ReceiverDraft.Of(_present))
            : new ReceiverDraft(ReceiverKind.Find(Kind) ?? ReceiverKind.All[0]) { Name = name };
    }

    private Entry Entered(ReceiverField field)
    {
        if (!_entries.TryGetValue(field.Key, out var entry))
            _entries[field.Key] = entry = new Entry(_draft!, field);
        return entry;
    }

    private async Task SaveAsync()
    {
        if (_draft is null)
            return;
        _saving = true;
        var name = Name ?? _draft.Name.Trim();
        if (Name is null && Receivers.Find(name) is not null)
        {
            (_errors, _saving) = ([new("name", $"there is a receiver '{name}' already; choose another name.")], false);
            return;
        }

        var (receiver, created, errors) = await RunAsync(
            ReceiverCommands.Declare,
            model: null,
            name,
            actor => Receivers.PutAsync(name, _draft.Write(_present), actor.Name, CancellationToken.None),
            stored => stored.Receiver is not null
        );
        (_errors, _saving) = (errors, false);
        if (receiver is null)
            return;
        await Sending.HurryAsync(name, CancellationToken.None);
        Outbox.Wake();
        await Saved(created ? $"{name} is ready; send it a test." : $"{name} was changed.");
        Navigation.NavigateTo(Links.Settings);
    }

    private async Task RemoveAsync()
    {
        if (!_removing)
        {
            _removing = true;
            return;
        }

        if (!await RunAsync(ReceiverCommands.Delete, model: null, Name!, _ => Receivers.RemoveAsync(Name!, CancellationToken.None)))
            return;
        Outbox.Wake();
        await Saved($"{Name} was removed.");
        Navigation.NavigateTo(Links.Settings);
    }

    private string Hint(ReceiverField field) =>
        field.IsSecret && _present?.SecretsSet.Contains(field.Key, StringComparer.Ordinal) == true ? "set; empty keeps it" : field.Hint;

    private string LabelOf(string key) =>
        key switch
        {
            "name" => "Name",
            "models" => "Models",
            "minimum_severity" => "Tells of",
            _ => _draft?.Kind.Fields.FirstOrDefault(field => field.Key == key)?.Label ?? key,
        };

    /// <summary>A field of the draft that an input can be bound to.</summary>
    private sealed class Entry(ReceiverDraft draft, ReceiverField declared)
    {
        // The form has an empty text for the first choice: whoever leaves it alone declares nothing.
        public string Value
        {
            get => declared.Shape == FieldShape.Choice && draft[declared.Key] == declared.Choices[0].Value ? "" : draft[declared.Key];
            set => draft[declared.Key] = value;
        }
    }
}
