using System.Security.Cryptography;
using System.Text;
using Plumbline.Registry.Scheduling;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>How long to wait before the next attempt.</summary>
public static class RetrySchedule
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>
    /// 5 s, doubled with each attempt up to <paramref name="longest"/>, less up to a fifth so that many messages do not knock at once;
    /// never less than the receiver asked for.
    /// </summary>
    public static TimeSpan Pause(string key, int attempts, TimeSpan longest, TimeSpan? asked)
    {
        // The spread comes from the key and the attempt: no randomness, and still different for each message.
        var spread = SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{attempts}"))[0] / 255.0;
        var pause = new Backoff(First, longest) { Spread = 0.2 }.After(attempts, spread);
        return asked > pause ? asked.Value : pause;
    }
}
