using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Registry.Text;

namespace Plumbline.Alerting.Delivery.Receivers;

/// <summary>How notifications reach people.</summary>
public sealed record DeliveryOptions
{
    /// <summary>At most this many receivers, those of the configuration file and those of the API together.</summary>
    public const int MaxReceivers = 100;

    /// <summary>
    /// How long a message waits for others of its group, so that one cause is one message. Range 0s..10m, default 10s. Longer is quieter
    /// and later.
    /// </summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a receiver may take to answer. Range 1s..1m, default 10s; a mail server gets three times as long. Longer delays the others
    /// when one hangs.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause between two attempts; the first is 5 s and each doubles. Range 1s..1h, default 5m.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// After this long a message that could not be delivered is given up, which is counted and shown. Range 1m..30d, default 1d.
    /// </summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Hour of the daily digest in <see cref="TimeZone"/>. Range 0..23, default 8.</summary>
    public int DigestHour { get; init; } = 8;

    /// <summary>IANA name of the time zone of the digest, such as Europe/Paris. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>
    /// How often an Alertmanager is reminded of an alert that still fires; it forgets one after five times as long. Range 1s..5m, default
    /// 1m.
    /// </summary>
    public TimeSpan ReminderInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the record of a finished delivery is kept. Range 1d..10y, default 90d.</summary>
    public TimeSpan History { get; init; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Whether a receiver may be at a link-local or cloud metadata address. Default false: a URL that somebody typed must not read a
    /// machine's credentials.
    /// </summary>
    public bool AllowLinkLocal { get; init; }

    /// <summary>Receivers declared here cannot be changed over the API. Their secrets stand in the file; protect it.</summary>
    public IReadOnlyList<ReceiverSpecification> Receivers { get; init; } = [];

    /// <summary>Adds what cannot be used, each as path and reason: <c>delivery.timeout: ..</c>.</summary>
    /// <param name="errors">What was found so far.</param>
    public void Validate(List<string> errors)
    {
        Check("group_wait", GroupWait, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Check("timeout", Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Check("retry_pause", RetryPause, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check("give_up_after", GiveUpAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        Check("reminder_interval", ReminderInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Check("history", History, TimeSpan.FromDays(1), TimeSpan.FromDays(3650));
        if (DigestHour is < 0 or > 23)
            errors.Add($"delivery.digest_hour: {DigestHour} is outside 0..23.");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            errors.Add($"delivery.time_zone: '{TimeZone}' is not a time zone that this machine knows; write it like Europe/Paris or UTC.");
        if (Receivers.Count > MaxReceivers)
            errors.Add($"delivery.receivers: {Receivers.Count} receivers; at most {MaxReceivers}.");
        for (var i = 0; i < Receivers.Count; i++)
        {
            var receiver = Receivers[i];
            foreach (var (field, reason) in ReceiverRules.Check(receiver.Name ?? "", receiver, AllowLinkLocal))
                errors.Add($"delivery.receivers[{i}].{field}: {reason}");
            if (Receivers.Take(i).Any(other => other.Name == receiver.Name))
                errors.Add($"delivery.receivers[{i}].name: '{receiver.Name}' is there twice.");
        }

        void Check(string name, TimeSpan value, TimeSpan from, TimeSpan to)
        {
            if (value < from || value > to)
            {
                errors.Add(
                    $"delivery.{name}: {DurationText.Format(value)} is outside {DurationText.Format(from)}..{DurationText.Format(to)}."
                );
            }
        }
    }
}
