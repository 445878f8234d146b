using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Access;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.People;

/// <summary>A new API key.</summary>
public sealed partial class KeyForm
{
    private string _name = "";
    private string _role = ApiRole.Ingest.Word();
    private string _models = "";
    private int _days;
    private string? _conflict;
    private bool _saving;
    private IReadOnlyList<FieldError> _errors = [];

    /// <summary>Is given the key, which nobody can read again.</summary>
    [Parameter, EditorRequired]
    public Func<MadeKey, Task> Made { get; set; } = null!;

    private async Task MakeAsync()
    {
        if (_saving)
            return;
        _saving = true;
        var given = new KeySpecification
        {
            Name = _name.Trim(),
            Role = _role,
            Models = PeopleWords.ModelsOf(_models),
            ExpiresAt = _days > 0 ? Time.GetUtcNow().AddDays(_days) : null,
        };
        var outcome = await RunAsync(
            AccountCommands.MakeKey,
            model: null,
            given.Name,
            actor => Keys.MakeAsync(given, actor.Name, CancellationToken.None),
            stored => stored.IsDone
        );
        (_errors, _conflict, _saving) = (outcome.Errors, outcome.Conflict?.Reason, false);
        if (outcome.Value is not { } made)
            return;
        await Made(made);
        Navigation.NavigateTo(Links.People);
    }
}
