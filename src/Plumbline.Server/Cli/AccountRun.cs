using System.Globalization;
using Plumbline.Registry;
using Plumbline.Registry.Access;
using Plumbline.Registry.Accounts;
using Plumbline.Registry.Web;
using Plumbline.Server.Cli.Accounts;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli;

/// <summary>What `account` does.</summary>
public static class AccountRun
{
    // No account can be called so: it has a space.
    private const string By = "command line";

    public static async Task<ExitCode> RunAsync(AccountSettings settings, Terminal terminal, CancellationToken cancellation)
    {
        // Nothing listens here, so it does not matter where the server would.
        var options = ServerConfiguration.Read(settings.ConfigurationFile, settings.DataDirectory, [InstanceOptions.DefaultUrls]) with
        {
            EndsWithProcess = true,
        };
        var asksPassword = settings.Action is AccountAction.Add or AccountAction.SetPassword;
        var password = asksPassword ? PasswordEntry.Read(terminal) : null;
        await using var folder = await AccountFolder.OpenAsync(
            options,
            mayMake: settings.Action == AccountAction.Add,
            TimeProvider.System,
            cancellation
        );
        var accounts = folder.Accounts;
        if (settings.Action == AccountAction.List)
        {
            foreach (var account in accounts.All)
                await terminal.Output.WriteLineAsync(Line(account));
            return ExitCode.Ok;
        }

        var outcome =
            settings.Action == AccountAction.Add
                ? await AddAsync(accounts, settings, password, cancellation)
                : await accounts.ChangeAsync(settings.Name, ChangeOf(settings.Action, password), By, cancellation);
        return await TellAsync(outcome, settings.Name, terminal);
    }

    private static async Task<Outcome<Account>?> AddAsync(
        AccountStore accounts,
        AccountSettings settings,
        string? password,
        CancellationToken cancellation
    ) =>
        await accounts.AddAsync(
            new AccountSpecification
            {
                Name = settings.Name,
                DisplayName = settings.DisplayName,
                Role = settings.Role,
                Models = settings.Models,
                Password = password,
            },
            By,
            cancellation
        );

    private static AccountChange ChangeOf(AccountAction action, string? password) =>
        action switch
        {
            AccountAction.Disable => new AccountChange { Enabled = false },
            AccountAction.Enable => new AccountChange { Enabled = true },
            _ => new AccountChange { Password = password },
        };

    private static async Task<ExitCode> TellAsync(Outcome<Account>? outcome, string name, Terminal terminal)
    {
        if (outcome is null)
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"there is no account '{Problems.Shorten(name)}'; `plumbline account list` shows them"
            );
        }

        if (outcome.Value is { } account)
        {
            await terminal.Output.WriteLineAsync(Line(account));
            return ExitCode.Ok;
        }

        throw new CommandLineException(
            ExitCode.Usage,
            outcome.Conflict?.Reason ?? string.Join(Environment.NewLine, outcome.Errors.Select(error => $"{error.Field}: {error.Reason}"))
        );
    }

    private static string Line(Account account)
    {
        var models = account.Models.IsEmpty ? "all models" : string.Join(", ", account.Models);
        var seen = account.LastSignInAt is { } at
            ? $"last signed in {at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC"
            : "never signed in";
        return $"{account.Name}  {account.Role.Word()}  {models}  {(account.Enabled ? "enabled" : "disabled")}  {seen}";
    }
}
