namespace Plumbline.Registry.Accounts;

/// <summary>What <see cref="ApiKeyCatalog"/> logs.</summary>
internal static partial class ApiKeyCatalogLog
{
    [LoggerMessage(2016, LogLevel.Information, "The key {Key} was {Change} by {By}")]
    internal static partial void KeyChanged(this ILogger logger, string key, string change, string by);
}
