using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>What a mail server said: a code and its lines.</summary>
internal sealed record SmtpReply(int Code, string Text, IReadOnlyList<string> Lines)
{
    public bool IsPositive => Code is >= 200 and < 400;

    public bool IsTransient => Code is >= 400 and < 500;
}

/// <summary>
/// A conversation with a mail server (RFC 5321, STARTTLS of RFC 3207, AUTH of RFC 4954). The framework's own client knows neither TLS from the first
/// byte nor which recipient was refused.
/// </summary>
internal sealed class SmtpConversation(Socket socket, string host) : IAsyncDisposable
{
    private const int MaxLineBytes = 4096;
    private const int MaxReplyLines = 100;
    private readonly byte[] _buffer = new byte[MaxLineBytes];
    private Stream _stream = new NetworkStream(socket, ownsSocket: true);
    private int _start;
    private int _end;
    private HashSet<string> _extensions = new(StringComparer.OrdinalIgnoreCase);
    private string[] _authentications = [];

    public bool Offers(string extension) => _extensions.Contains(extension);

    public bool OffersAuthentication(string mechanism) => _authentications.Contains(mechanism, StringComparer.OrdinalIgnoreCase);

    /// <summary>The server's first words.</summary>
    public Task<SmtpReply> GreetingAsync(CancellationToken cancellation) => ReadAsync(cancellation);

    /// <summary>EHLO; remembers what the server offers.</summary>
    public async Task<SmtpReply> HelloAsync(CancellationToken cancellation)
    {
        var reply = await SayAsync("EHLO plumbline", cancellation);
        var offers = reply.Lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0).ToList();
        _extensions = offers.Select(words => words[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _authentications = offers.FirstOrDefault(words => words[0].Equals("AUTH", StringComparison.OrdinalIgnoreCase))?[1..] ?? [];
        return reply;
    }

    /// <summary>Turns the connection into an encrypted one.</summary>
    /// <param name="certificateSha256">The certificate to accept instead of one that an authority signed; null for the usual check.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The certificate is not trusted.</exception>
    public async Task EncryptAsync(string? certificateSha256, CancellationToken cancellation)
    {
        // What came before the encryption could have been put there by anybody.
        if (_start != _end) throw new IOException("the server spoke out of turn before TLS");
        var encrypted = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = encrypted;
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (certificateSha256 is not null)
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && string.Equals(Convert.ToHexString(SHA256.HashData(certificate.GetRawCertData())), certificateSha256, StringComparison.OrdinalIgnoreCase);
        await encrypted.AuthenticateAsClientAsync(options, cancellation);
    }

    public async Task<SmtpReply> SayAsync(string command, CancellationToken cancellation)
    {
        if (command.AsSpan().ContainsAny('\r', '\n')) throw new IOException("a command of two lines was not sent");
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancellation);
        await _stream.FlushAsync(cancellation);
        return await ReadAsync(cancellation);
    }

    /// <summary>The mail itself, after DATA was answered with 354. A line that begins with a full stop gets another (RFC 5321, 4.5.2).</summary>
    public async Task<SmtpReply> SendAsync(string mail, CancellationToken cancellation)
    {
        var stuffed = mail.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(stuffed + (stuffed.EndsWith("\r\n", StringComparison.Ordinal) ? "" : "\r\n") + ".\r\n"), cancellation);
        await _stream.FlushAsync(cancellation);
        return await ReadAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<SmtpReply> ReadAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync(cancellation);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var code)) throw new IOException("the server does not speak SMTP");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-') return new SmtpReply(code, string.Join(' ', lines), lines);
            if (lines.Count > MaxReplyLines) throw new IOException($"the server's answer has more than {MaxReplyLines} lines");
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, end).TrimEnd('\r');
                _start += end + 1;
                return line;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            if (_end == _buffer.Length) throw new IOException($"the server's answer has a line of more than {MaxLineBytes} bytes");
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0) throw new IOException("the server hung up");
            _end += read;
        }
    }
}
