namespace Plumbline.Registry.Accounts;

/// <summary>What <see cref="AccountStore"/> and the sign-in log.</summary>
internal static partial class AccountStoreLog
{
    [LoggerMessage(2013, LogLevel.Information, "The account {Account} was {Change} by {By}")]
    internal static partial void AccountChanged(this ILogger logger, string account, string change, string by);

    [LoggerMessage(2014, LogLevel.Information, "{Account} signed in from {From}")]
    internal static partial void SignedIn(this ILogger logger, string account, string from);

    [LoggerMessage(
        2015,
        LogLevel.Error,
        "The account {Account} has a role that this version does not know: {Role}. Nobody can sign in with it"
    )]
    internal static partial void RoleUnknown(this ILogger logger, string account, string role);

    [LoggerMessage(2017, LogLevel.Warning, "A sign-in from {From} with the name of {Whose} was refused: {Why}")]
    internal static partial void SignInRefused(this ILogger logger, string from, string whose, string why);

    [LoggerMessage(2018, LogLevel.Warning, "A sign-in from {From} with a key was refused: {Why}")]
    internal static partial void KeyRefused(this ILogger logger, string from, string why);
}
