using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>A mail as it arrived.</summary>
internal sealed partial record SunkMail(string From, IReadOnlyList<string> To, string Text, bool Encrypted, string? SignedIn)
{
    public string this[string header] =>
        Unfold()
            .Split("\r\n")
            .FirstOrDefault(line => line.StartsWith(header + ": ", StringComparison.OrdinalIgnoreCase))
            ?[(header.Length + 2)..]
        ?? "";

    public string Body =>
        Encoding.UTF8.GetString(
            Convert.FromBase64String(Text[(Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].ReplaceLineEndings(""))
        );

    /// <summary>The subject with its encoded words read (RFC 2047).</summary>
    public string Subject =>
        Word()
            .Replace(
                Between().Replace(this["Subject"], "?="),
                match =>
                    Encoding.UTF8.GetString(
                        match.Groups[1].Value is "B" or "b"
                            ? Convert.FromBase64String(match.Groups[2].Value)
                            : Quoted(match.Groups[2].Value)
                    )
            );

    private static byte[] Quoted(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            bytes.Add(
                text[i] switch
                {
                    '_' => (byte)' ',
                    '=' => Convert.ToByte(text.Substring(i + 1, 2), 16),
                    var letter => (byte)letter,
                }
            );
            if (text[i] == '=')
                i += 2;
        }

        return [.. bytes];
    }

    [GeneratedRegex(@"=\?utf-8\?([BbQq])\?([^?]*)\?=", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Word();

    // White space between two encoded words is none.
    [GeneratedRegex(@"\?=\s+(?==\?)", RegexOptions.None, 1000)]
    private static partial Regex Between();

    private string Unfold() => Text[..Text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Replace("\r\n ", " ", StringComparison.Ordinal);
}

/// <summary>A small mail server that keeps what it gets: STARTTLS, TLS from the first byte, AUTH PLAIN or LOGIN.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<SunkMail> _mails = new();
    private readonly X509Certificate2 _certificate = SelfSigned();
    private readonly Task _serving;

    public SmtpSink()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<SunkMail> Mails => [.. _mails];

    public string CertificateSha256 => Convert.ToHexString(SHA256.HashData(_certificate.RawData));

    public bool Implicit { get; init; }

    public string Mechanisms { get; init; } = "PLAIN LOGIN";

    public bool OffersStartTls { get; init; } = true;

    /// <summary>What it answers to a command in place of what it would; null for the usual.</summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        try
        {
            await _serving;
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The usual end of an accept.
        }

        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = Task.Run(async () =>
            {
                try
                {
                    await ConverseAsync(client);
                }
                catch (Exception ended)
                    when (ended is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
                {
                    // The client went away.
                }
                finally
                {
                    client.Dispose();
                }
            });
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        Stream stream = client.GetStream();
        if (Implicit)
            stream = await EncryptAsync(stream);
        var (encrypted, from, to, user) = (Implicit, "", new List<string>(), (string?)null);
        await SayAsync(stream, "220 sink");
        while (await ReadLineAsync(stream) is { } line)
        {
            if (Answer(line) is { } other)
            {
                await SayAsync(stream, other);
                continue;
            }

            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync(stream, Greeting(encrypted));
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go ahead");
                    stream = await EncryptAsync(stream);
                    encrypted = true;
                    break;
                case "AUTH":
                    user = await SignInAsync(stream, line);
                    await SayAsync(stream, user is null ? "535 5.7.8 wrong" : "235 welcome");
                    break;
                case "MAIL":
                    (from, to) = (Inside(line), []);
                    await SayAsync(stream, "250 ok");
                    break;
                case "RCPT":
                    to.Add(Inside(line));
                    await SayAsync(stream, "250 ok");
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go on");
                    _mails.Enqueue(new SunkMail(from, to, await ReadMailAsync(stream), encrypted, user));
                    await SayAsync(stream, "250 taken");
                    break;
                default:
                    await SayAsync(stream, line.StartsWith("QUIT", StringComparison.Ordinal) ? "221 bye" : "500 what");
                    break;
            }
        }
    }

    private string Greeting(bool encrypted) =>
        $"250-sink\r\n250-8BITMIME\r\n{(OffersStartTls && !encrypted ? "250-STARTTLS\r\n" : "")}250 AUTH {Mechanisms}";

    // A line with nothing but a point ends it; lines of the mail that begin with one have another before it (RFC 5321, 4.5.2).
    private static async Task<string> ReadMailAsync(Stream stream)
    {
        var mail = new StringBuilder();
        while (await ReadLineAsync(stream) is { } text && text != ".")
            mail.Append(text.StartsWith("..", StringComparison.Ordinal) ? text[1..] : text).Append("\r\n");
        return mail.ToString();
    }

    // Only "mailer" with "pass-word-of-mails" may.
    private static async Task<string?> SignInAsync(Stream stream, string line)
    {
        string[] words;
        if (line.StartsWith("AUTH PLAIN ", StringComparison.Ordinal))
        {
            words = Read(line["AUTH PLAIN ".Length..]).Split('\0')[1..];
        }
        else
        {
            await SayAsync(stream, "334 VXNlcm5hbWU6");
            var user = Read((await ReadLineAsync(stream))!);
            await SayAsync(stream, "334 UGFzc3dvcmQ6");
            words = [user, Read((await ReadLineAsync(stream))!)];
        }

        return words is ["mailer", "pass-word-of-mails"] ? words[0] : null;

        static string Read(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
    }

    private async Task<Stream> EncryptAsync(Stream plain)
    {
        var encrypted = new SslStream(plain);
        await encrypted.AuthenticateAsServerAsync(_certificate);
        return encrypted;
    }

    private static Task SayAsync(Stream stream, string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n")).AsTask();

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) > 0)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }

        return null;
    }

    private static string Inside(string line) =>
        line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
