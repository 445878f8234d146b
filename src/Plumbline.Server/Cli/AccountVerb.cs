using System.CommandLine;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli;

/// <summary>What is done to accounts.</summary>
public enum AccountAction
{
    Add,
    List,
    Disable,
    Enable,
    SetPassword,
}

/// <summary>What `account` was told.</summary>
public sealed record AccountSettings(AccountAction Action, string? DataDirectory, string? ConfigurationFile)
{
    public string Name { get; init; } = "";

    public string? Role { get; init; }

    public string? DisplayName { get; init; }

    public IReadOnlyList<string> Models { get; init; } = [];
}

/// <summary>`plumbline account`: the accounts in the data folder of a server that does not run.</summary>
internal sealed class AccountVerb(Func<AccountSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
{
    private const string Password = " The password is asked for twice, or read as one line from standard input.";

    public static Command Create(Func<AccountSettings, Terminal, CancellationToken, Task<ExitCode>> run, Terminal terminal)
    {
        var verbs = new AccountVerb(run, terminal);
        return new VerbCommand(
            "account",
            "Make and change accounts in the data folder of a stopped server. While it runs, its settings (People) do the same.",
            [
                ("The first account, before the server is put on the network", "account add anna --role admin --data /var/lib/plumbline"),
                ("Who has an account", "account list --data /var/lib/plumbline"),
            ]
        )
        {
            verbs.Add(),
            verbs.Change(AccountAction.List, "list", "List all accounts.", named: false),
            verbs.Change(AccountAction.Disable, "disable", "Let an account sign in no more. What it did stays recorded."),
            verbs.Change(AccountAction.Enable, "enable", "Let an account sign in again."),
            verbs.Change(AccountAction.SetPassword, "set-password", "Give an account another password." + Password),
        };
    }

    private VerbCommand Add()
    {
        var (hosting, name) = (new HostingOptions(), NameArgument());
        var role = new Option<string>("--role")
        {
            Description = "What they may do: annotate, read, review, operate or admin. The first account must be an admin's.",
            HelpName = "ROLE",
            Required = true,
        };
        role.AcceptOnlyFromAmong("annotate", "read", "review", "operate", "admin");
        var called = new Option<string?>("--display-name") { Description = "How pages call them (default the name).", HelpName = "TEXT" };
        var models = new Option<string?>("--models")
        {
            Description = "Models that an annotator is bound to, with commas between them (default all).",
            HelpName = "NAMES",
        };
        var command = new VerbCommand(
            "add",
            "Make an account." + Password,
            [
                ("An administrator", "account add anna --role admin"),
                ("Somebody who only reviews one model's decisions", "account add ben --role annotate --models churn"),
            ]
        )
        {
            name,
            role,
            called,
            models,
            hosting.Directory,
            hosting.Configuration,
        };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    new AccountSettings(AccountAction.Add, parsed.GetValue(hosting.Directory), parsed.GetValue(hosting.Configuration))
                    {
                        Name = parsed.GetValue(name)!,
                        Role = parsed.GetValue(role),
                        DisplayName = parsed.GetValue(called),
                        Models =
                        [
                            .. (parsed.GetValue(models) ?? "").Split(
                                ',',
                                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
                            ),
                        ],
                    },
                    cancellation
                )
        );
        return command;
    }

    private VerbCommand Change(AccountAction action, string verb, string what, bool named = true)
    {
        var (hosting, name) = (new HostingOptions(), NameArgument());
        var command = new VerbCommand(verb, what, [(what.Split('.')[0], $"account {verb}{(named ? " anna" : "")}")]);
        if (named)
            command.Arguments.Add(name);
        command.Options.Add(hosting.Directory);
        command.Options.Add(hosting.Configuration);
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    new AccountSettings(action, parsed.GetValue(hosting.Directory), parsed.GetValue(hosting.Configuration))
                    {
                        Name = named ? parsed.GetValue(name)! : "",
                    },
                    cancellation
                )
        );
        return command;
    }

    private async Task<int> RunAsync(AccountSettings settings, CancellationToken cancellation) =>
        (int)await run(settings, terminal, cancellation);

    private static Argument<string> NameArgument() => new("NAME") { Description = "The sign-in name." };
}
