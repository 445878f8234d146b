using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.State;

namespace Plumbline.Alerting.Notifications;

/// <summary>
/// The way into delivery. A notification is written in the caller's own transaction: it is saved together with what it tells about, or not
/// at all, and from then on it survives the death of the process.
/// </summary>
public sealed class NotificationOutbox(TimeProvider time) : IDisposable
{
    private const int MaxKeyLength = 200;
    private const int MaxTextLength = 64 * 1024;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    // One waiting signal is enough: a pass takes everything there is.
    private readonly WakeUp _wakeUp = new(time);

    /// <summary>Adds to <paramref name="db"/>; the caller saves. A key that a receiver was told before is not told to it again.</summary>
    /// <exception cref="ArgumentException">The key is empty, too long or has control characters.</exception>
    public void Add(StateDbContext db, Notification notification)
    {
        if (notification.Key.Length is 0 or > MaxKeyLength || notification.Key.Any(char.IsControl))
            throw new ArgumentException($"A key has 1..{MaxKeyLength} characters, none of them a control character.", nameof(notification));
        db.Notifications.Add(
            new NotificationRow
            {
                Key = notification.Key,
                IncidentId = notification.IncidentId,
                Model = notification.Model,
                Kind = (int)notification.Kind,
                Content = Write(notification with { Headline = Cut(notification.Headline), Body = Cut(notification.Body) }),
                CreatedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            }
        );
    }

    /// <summary>Tells the pipeline that something was saved, so that it need not wait for its next look.</summary>
    public void Wake() => _wakeUp.Wake();

    public void Dispose() => _wakeUp.Dispose();

    internal static string Write(Notification notification) => JsonSerializer.Serialize(notification, Json);

    internal static Notification Read(string content) => JsonSerializer.Deserialize<Notification>(content, Json)!;

    /// <summary>Returns after <see cref="Wake"/>, or when the time is up.</summary>
    internal Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _wakeUp.WaitAsync(atMost, cancellation);

    private static string Cut(string text) => text.Length <= MaxTextLength ? text : string.Concat(text.AsSpan(0, MaxTextLength), "…");
}
