using Plumbline.Registry.Access;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.People;

/// <summary>One's own account: who one is here, and one's password.</summary>
public sealed partial class AccountPage
{
    private Account? _own;
    private string _present = "";
    private string _next = "";
    private string _again = "";
    private bool _saving;
    private IReadOnlyList<FieldError> _errors = [];

    private string Who =>
        Known.IsEmpty ? "This server runs open: it asks nobody who they are."
        : _own is not null ? WhoOf(_own)
        : $"You are signed in with the key {SignedIn?.Name}. A key has no password.";

    private static string WhoOf(Account account)
    {
        var called = account.DisplayName == account.Name ? "" : $" ({account.DisplayName})";
        var models = account.Models.IsEmpty ? "" : $" for {string.Join(", ", account.Models)}";
        return $"You are signed in as {account.Name}{called}, with the role {account.Role.Word()}{models}.";
    }

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        Frame.Show([("Account", null)]);
        _own = SignedIn is { } actor ? Accounts.Find(actor.Name) : null;
    }

    private async Task ChangeAsync()
    {
        if (_own is null || _saving)
            return;
        if (_next != _again)
        {
            _errors = [new("again", "it is not the same.")];
            return;
        }

        _saving = true;
        // The new password ends this session too, and whatever notices that first leads away from here.
        Frame.LeavesFor = Links.With(Links.SignIn, ("changed", "password"));
        var outcome = await RunAsync(
            AccountCommands.ChangeOwnPassword,
            model: null,
            _own.Name,
            actor => SignIn.ChangeOwnAsync(actor.Name, _present, _next, CancellationToken.None),
            stored => stored.IsDone
        );
        (_errors, _saving) = (outcome.Errors, false);
        if (outcome.IsDone)
            Navigation.NavigateTo(Frame.LeavesFor, forceLoad: true);
        else
            Frame.LeavesFor = null;
    }
}
