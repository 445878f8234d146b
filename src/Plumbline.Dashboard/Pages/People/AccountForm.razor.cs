using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Access;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.People;

/// <summary>A new account, or a change of one.</summary>
public sealed partial class AccountForm
{
    private Account? _present;
    private string? _opened;
    private string _name = "";
    private string _displayName = "";
    private string _role = ApiRole.Read.Word();
    private string _models = "";
    private string _password = "";
    private string? _conflict;
    private bool _saving;
    private bool _removing;
    private IReadOnlyList<FieldError> _errors = [];

    /// <summary>The account to change; null for a new one.</summary>
    [Parameter]
    public string? Name { get; set; }

    [Parameter, EditorRequired]
    public Func<string, Task> Saved { get; set; } = null!;

    protected override void OnParametersSet()
    {
        // A live page reads again and again; what is being typed stays.
        var wanted = Name ?? "";
        if (_opened == wanted)
            return;
        _opened = wanted;
        _present = Name is null ? null : Accounts.Find(Name);
        (_name, _displayName, _password, _conflict, _errors, _removing) = ("", "", "", null, [], false);
        _role = (_present?.Role ?? (Known.IsEmpty ? ApiRole.Admin : ApiRole.Read)).Word();
        _models = string.Join(", ", _present?.Models ?? []);
    }

    private async Task SaveAsync()
    {
        if (_saving)
            return;
        _saving = true;
        var outcome = Name is null ? await AddAsync() : await ChangeAsync(Name);
        _saving = false;
        (_errors, _conflict) = (outcome.Errors, outcome.Conflict?.Reason);
        if (outcome.Value is not { } account)
            return;
        _password = "";
        await Saved(Name is null ? $"{account.Name} can sign in now." : $"{account.Name} was changed.");
        Navigation.NavigateTo(Links.People);
    }

    private Task<Outcome<Account>> AddAsync() =>
        RunAsync(
            AccountCommands.Add,
            model: null,
            _name.Trim(),
            actor =>
                Accounts.AddAsync(
                    new AccountSpecification
                    {
                        Name = _name.Trim(),
                        DisplayName = _displayName,
                        Role = _role,
                        Models = PeopleWords.ModelsOf(_role == ApiRole.Annotate.Word() ? _models : ""),
                        Password = _password,
                    },
                    actor.Name,
                    CancellationToken.None
                ),
            stored => stored.IsDone
        );

    private async Task<Outcome<Account>> ChangeAsync(string name)
    {
        var change = new AccountChange
        {
            DisplayName = _displayName.Trim().Length > 0 ? _displayName : null,
            Role = _role,
            Models = PeopleWords.ModelsOf(_role == ApiRole.Annotate.Word() ? _models : ""),
            Password = _password.Length > 0 ? _password : null,
        };
        var outcome = await RunAsync(
            AccountCommands.Change,
            model: null,
            name,
            actor => Accounts.ChangeAsync(name, change, actor.Name, CancellationToken.None),
            stored => stored?.IsDone == true
        );
        return outcome ?? new Outcome<Account>(null, [new("name", "the account is gone.")]);
    }

    private async Task RemoveAsync()
    {
        if (!_removing)
        {
            _removing = true;
            return;
        }

        var outcome = await RunAsync(
            AccountCommands.Remove,
            model: null,
            Name!,
            actor => Accounts.RemoveAsync(Name!, actor.Name, CancellationToken.None),
            removed => removed?.IsDone == true
        );
        (_conflict, _removing) = (outcome?.Conflict?.Reason, false);
        if (_conflict is not null)
            return;
        await Saved($"{Name} was removed.");
        Navigation.NavigateTo(Links.People);
    }
}
