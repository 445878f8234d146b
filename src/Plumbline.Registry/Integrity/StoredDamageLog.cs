namespace Plumbline.Registry.Integrity;

/// <summary>What <see cref="StoredDamage"/> logs.</summary>
internal static partial class StoredDamageLog
{
    [LoggerMessage(2011, LogLevel.Error, "A request met a damaged file: {Damage}")]
    internal static partial void DamageMet(this ILogger logger, string damage);
}
