using System.CommandLine;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Cli.Import;

/// <summary>The options of every verb that is a client of a running server.</summary>
internal static class ServerOptions
{
    private const string KeyVariable = "PLUMBLINE_API_KEY";

    public static Option<Uri> Server() =>
        new("--server")
        {
            Description = "The server's address.",
            HelpName = "URL",
            CustomParser = OptionText.Url,
            DefaultValueFactory = _ => new Uri(PlumblineOptions.DefaultUrls),
        };

    /// <param name="role">The role that the key needs.</param>
    public static Option<string?> ApiKey(string role) =>
        new("--api-key")
        {
            Description = $"API key with the role {role}. Better in the environment as {KeyVariable}, where other users do not see it.",
            HelpName = "KEY",
        };

    /// <summary>The key of the command line, else that of the environment; null for none.</summary>
    public static string? KeyOf(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) ?? Environment.GetEnvironmentVariable(KeyVariable);
}
