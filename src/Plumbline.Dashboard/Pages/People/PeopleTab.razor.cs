using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Accounts;

namespace Plumbline.Dashboard.Pages.People;

/// <summary>Who may do what here: accounts of people and keys of programs.</summary>
public sealed partial class PeopleTab
{
    private int _changes;
    private string? _revoking;
    private MadeKey? _made;
    private (bool Good, string Words)? _told;

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    private static string ModelWords(IReadOnlyList<string> models) => models.Count == 0 ? "all" : string.Join(", ", models);

    private async Task SwitchAsync(Account account)
    {
        (_made, _revoking) = (null, null);
        var outcome = await RunAsync(
            AccountCommands.Change,
            model: null,
            account.Name,
            actor =>
                Accounts.ChangeAsync(account.Name, new AccountChange { Enabled = !account.Enabled }, actor.Name, CancellationToken.None),
            changed => changed?.IsDone == true
        );
        Tell(outcome?.Conflict, account.Enabled ? $"{account.Name} was disabled and is signed out." : $"{account.Name} may sign in again.");
    }

    private async Task RevokeAsync(ApiKey key)
    {
        if (_revoking != key.Name)
        {
            _revoking = key.Name;
            return;
        }

        (_made, _revoking) = (null, null);
        var outcome = await RunAsync(
            AccountCommands.RevokeKey,
            model: null,
            key.Name,
            actor => Keys.RevokeAsync(key.Name, actor.Name, CancellationToken.None),
            revoked => revoked?.IsDone == true
        );
        Tell(outcome?.Conflict, $"{key.Name} was revoked.");
    }

    private void Tell(Obstacle? conflict, string done)
    {
        _told = conflict is null ? (true, done) : (false, conflict.Reason);
        _changes++;
    }

    private Task SavedAsync(string words)
    {
        (_told, _made) = ((true, words), null);
        _changes++;
        return Task.CompletedTask;
    }

    private Task MadeAsync(MadeKey made)
    {
        (_told, _made) = (null, made);
        _changes++;
        return Task.CompletedTask;
    }
}
