using System.Collections.Immutable;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>One message to one receiver.</summary>
/// <param name="Key">Idempotency key: the same on every attempt.</param>
/// <param name="Attempt">Counts from 1.</param>
public sealed record OutgoingMessage(string Key, Receiver Receiver, bool IsDigest, ImmutableArray<Notification> Notifications, int Attempt)
{
    /// <summary>True when nothing of it may be written to the disk, because it is about the disk.</summary>
    public bool IsUnrecorded { get; init; }

    /// <summary>The most severe of its notifications.</summary>
    public AlertSeverity Severity => Notifications.Max(notification => notification.Severity);
}

/// <summary>What became of an attempt.</summary>
public enum SendVerdict
{
    Delivered,

    /// <summary>It may work later: nobody answered, or the receiver must be mended first.</summary>
    Retry,

    /// <summary>The receiver read this message and does not want it; it never will.</summary>
    Refused,
}

/// <param name="Detail">The reason, or a remark on a delivery that worked in part. Without secrets.</param>
/// <param name="RetryAfter">How long the receiver asked to be left alone.</param>
/// <param name="IsUnreachable">Nobody answered, or it asked to be left alone: other messages need not try either.</param>
public sealed record SendOutcome(SendVerdict Verdict, string? Detail = null, TimeSpan? RetryAfter = null, bool IsUnreachable = false)
{
    public static readonly SendOutcome Delivered = new(SendVerdict.Delivered);
}

/// <summary>How a kind of receiver is spoken to: the <see cref="ReceiverKind.Client"/> of that kind.</summary>
public interface IReceiverClient
{
    /// <summary>One attempt. Network failures come back as an outcome, not as an exception.</summary>
    Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation);
}

/// <summary>A client whose alerts end over there unless they are repeated.</summary>
public interface IRemindingClient : IReceiverClient
{
    /// <summary>Repeats what is due, and reports what became of it by receiver.</summary>
    /// <returns>When the next repetition is due, or null.</returns>
    Task<DateTimeOffset?> RemindAsync(ReceiverCatalog receivers, Action<Receiver, SendOutcome> report, CancellationToken cancellation);
}

/// <summary>Makes the links in messages: the option <c>public_url</c>, or the first address that this server listens on.</summary>
public sealed class MessageLinks(InstanceOptions instance)
{
    private readonly Uri? _base =
        instance.PublicUrl ?? (Uri.TryCreate(instance.Urls.Split(';')[0], UriKind.Absolute, out var listening) ? listening : null);

    /// <summary>The absolute link, or null when nobody said where this server is.</summary>
    public string? To(string path) => _base is null ? null : _base.AbsoluteUri.TrimEnd('/') + (path.StartsWith('/') ? path : "/" + path);
}

/// <summary>Words that all messages share.</summary>
internal static class MessageWords
{
    /// <summary>Notifications that a message for people writes out; further ones are a line each, or counted.</summary>
    public const int MaxListed = 20;

    /// <summary>"critical", "warning", "digest".</summary>
    public static string Of(AlertSeverity severity) => severity.ToString().ToLowerInvariant();

    /// <summary>"opened", "escalated", "resolved", "digest", "test".</summary>
    public static string Of(NotificationKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>A subject: one notification's headline, or how many there are.</summary>
    public static string Subject(OutgoingMessage message)
    {
        var first = message.Notifications[0];
        var more = message.Notifications.Length - 1;
        if (message.IsDigest)
            return $"Daily digest of {first.Model}: {(more == 0 ? first.Headline : $"{more + 1} entries")}";
        return $"{Prefix(first)}: {first.Headline}{(more == 0 ? "" : $" (and {more} more)")}";
    }

    /// <summary>"Resolved", "Test", or the severity.</summary>
    public static string Prefix(Notification notification) =>
        notification.Kind switch
        {
            NotificationKind.Resolved => "Resolved",
            NotificationKind.Test => "Test",
            _ => notification.Severity.ToString(),
        };

    public static string Cut(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");

    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}
