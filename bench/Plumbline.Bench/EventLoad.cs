using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Plumbline.Bench;

/// <summary>
/// Posts predictions of 20 numeric and 10 categorical features over plain sockets. Requests are made once and only their ids are changed
/// from post to post, so that the generator leaves the processor to the server. With <c>rowsPerSecond</c> above 0 it keeps to that rate.
/// </summary>
internal sealed class EventLoad(Uri server, string model, int rowsPerPost, int connections, int rowsPerSecond)
{
    private const int IdDigits = 12;
    private long _acknowledged;
    private long _posts;
    private long _nextId;
    private long _atStart;

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long Posts => Interlocked.Read(ref _posts);

    /// <summary>Times of all posts in milliseconds.</summary>
    public List<double> Latencies { get; } = [];

    public async Task RunAsync(TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        _atStart = Acknowledged;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(() => PostAsync(connection, watch, duration))));
    }

    /// <summary>The body of one post; <c>#</c> stands for the digits of an id.</summary>
    public static string Body(int rows, int seed, DateTimeOffset at)
    {
        var random = new Random(seed);
        var body = new StringBuilder("[");
        for (var row = 0; row < rows; row++)
        {
            if (row > 0)
                body.Append(',');
            body.Append(
                CultureInfo.InvariantCulture,
                $"{{\"prediction_id\":\"p-{new string('#', IdDigits)}\",\"timestamp\":\""
                    + $"{at.AddMilliseconds(row):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\",\"version\":\"v1\",\"features\":{{"
            );
            for (var i = 0; i < 20; i++)
                body.Append(CultureInfo.InvariantCulture, $"\"numeric_{i}\":{Math.Round(random.NextDouble() * 1000, 4)},");
            for (var i = 0; i < 10; i++)
                body.Append(CultureInfo.InvariantCulture, $"\"category_{i}\":\"value_{random.Next(20)}\"{(i < 9 ? "," : "")}");
            var p = Math.Round(random.NextDouble(), 4);
            body.Append(
                CultureInfo.InvariantCulture,
                $"}},\"prediction\":\"{(p > 0.5 ? 1 : 0)}\",\"score\":{p},\"latency_ms\":{Math.Round(random.NextDouble() * 50, 2)}}}"
            );
        }

        return (rows == 1 ? body.ToString(1, body.Length - 1) : body.Append(']').ToString());
    }

    private async Task PostAsync(int connection, Stopwatch watch, TimeSpan duration)
    {
        var body = Body(rowsPerPost, connection, TimeProvider.System.GetUtcNow());
        var request = Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"POST /v1/models/{model}/predictions HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: "
                    + $"application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
            )
        );
        var places = IdPlaces(request);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        var answer = new byte[64 * 1024];
        var latencies = new List<double>();
        while (watch.Elapsed < duration)
        {
            foreach (var place in places)
                WriteId(request.AsSpan(place, IdDigits), Interlocked.Increment(ref _nextId));
            var began = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            var length = 0;
            do
            {
                var read = await socket.ReceiveAsync(answer.AsMemory(length));
                if (read == 0)
                    throw new IOException("The server closed the connection.");
                length += read;
            } while (!IsComplete(answer.AsSpan(0, length)));
            if (!answer.AsSpan(0, length).StartsWith("HTTP/1.1 202"u8))
                throw new IOException(Encoding.UTF8.GetString(answer, 0, length));
            latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            Interlocked.Increment(ref _posts);
            Interlocked.Add(ref _acknowledged, rowsPerPost);
            while (rowsPerSecond > 0 && Acknowledged - _atStart > rowsPerSecond * watch.Elapsed.TotalSeconds)
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        lock (Latencies)
            Latencies.AddRange(latencies);
    }

    private static List<int> IdPlaces(byte[] request)
    {
        var places = new List<int>();
        var mark = Encoding.ASCII.GetBytes(new string('#', IdDigits));
        for (var from = 0; request.AsSpan(from).IndexOf(mark) is >= 0 and var at; from += at + IdDigits)
            places.Add(from + at);
        return places;
    }

    private static void WriteId(Span<byte> place, long id)
    {
        for (var i = place.Length - 1; i >= 0; i--, id /= 10)
            place[i] = (byte)('0' + (id % 10));
    }

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = answer[..end];
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0)
            return answer.EndsWith("0\r\n\r\n"u8);
        var digits = head[(at + 16)..];
        var stop = digits.IndexOf((byte)'\r');
        return System.Buffers.Text.Utf8Parser.TryParse(stop < 0 ? digits : digits[..stop], out int length, out _)
            && answer.Length >= end + 4 + length;
    }
}
