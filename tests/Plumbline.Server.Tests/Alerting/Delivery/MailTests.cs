using Plumbline.Alerting;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Receivers.Email;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>Mail to a server that speaks SMTP.</summary>
public sealed class MailTests
{
    private const string Password = "pass-word-of-mails";
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(11);

    [Theory]
    [InlineData(false, "PLAIN LOGIN")]
    [InlineData(false, "LOGIN")]
    [InlineData(true, "PLAIN")]
    public async Task A_mail_arrives_encrypted_signed_in_and_once(bool isImplicit, string mechanisms)
    {
        await using var sink = new SmtpSink { Implicit = isImplicit, Mechanisms = mechanisms };
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "mail",
            Specification(sink).With(("tls", isImplicit ? "implicit" : "starttls"), ("user_name", "mailer"), ("password", Password))
        );
        await bench.AddAsync(
            bench.Incident(12, NotificationKind.Opened, AlertSeverity.Critical) with
            {
                Headline = "Überraschung\r\nBcc: all@example.com",
                Body = "Eine Zeile\n.\nund noch eine: ☃",
            }
        );
        await bench.PassAsync(Wait, Wait);
        await bench.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(10));
        var record = Assert.Single(await bench.RecordsAsync());
        Assert.True(record.State == DeliveryState.Delivered, record.Detail);
        var mail = Assert.Single(sink.Mails);
        Assert.Equal(("plumbline@example.com", true, "mailer"), (mail.From, mail.Encrypted, mail.SignedIn));
        Assert.Equal(["ann@example.com", "bob@example.com"], mail.To);
        Assert.Equal("[Plumbline] Critical: Überraschung  Bcc: all@example.com", mail.Subject);
        Assert.Equal("", mail["Bcc"]);
        Assert.Equal("Mon, 02 Mar 2026 09:30:11 +0000", mail["Date"]);
        Assert.Matches("^<[0-9a-f]{32}@example\\.com>$", mail["Message-ID"]);
        Assert.Equal("<plumbline-incident-12@example.com>", mail["References"]);
        Assert.Contains("Eine Zeile\r\n.\r\nund noch eine: ☃", mail.Body, StringComparison.Ordinal);
        Assert.Contains("See: https://plumbline.example.com/incidents/12", mail.Body, StringComparison.Ordinal);
        Assert.All(mail.Text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_and_so_is_a_server_without_encryption()
    {
        await using var stranger = new SmtpSink();
        await using var plain = new SmtpSink { OffersStartTls = false };
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "stranger",
            Specification(stranger).With(("certificate_sha256", null), ("user_name", "mailer"), ("password", Password))
        );
        await bench.PutAsync("other", Specification(stranger).With(("certificate_sha256", new string('a', 64))));
        await bench.PutAsync("plain", Specification(plain));
        await bench.PutAsync("chosen", Specification(plain).With(("tls", "none"), ("certificate_sha256", null)));
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened));
        await bench.PassAsync(Wait, Wait);
        var records = (await bench.RecordsAsync()).ToDictionary(record => record.Receiver!);
        Assert.Contains("certificate", records["stranger"].Detail, StringComparison.Ordinal);
        Assert.Contains("certificate", records["other"].Detail, StringComparison.Ordinal);
        Assert.Contains("offers no STARTTLS", records["plain"].Detail, StringComparison.Ordinal);
        Assert.All(["stranger", "other", "plain"], name => Assert.Equal(DeliveryState.Waiting, records[name].State));
        Assert.Equal(DeliveryState.Delivered, records["chosen"].State);
        Assert.Empty(stranger.Mails);
        Assert.Single(plain.Mails);
    }

    [Fact]
    public async Task A_mail_server_that_says_later_gets_the_mail_later_and_one_that_says_never_ends_it()
    {
        await using var sink = new SmtpSink();
        await using var bench = await DeliveryBench.OpenAsync();
        var greylisted = 0;
        sink.Answer = line =>
            line.Contains("bob@", StringComparison.Ordinal) && greylisted++ < 2 ? "451 4.7.1 later"
            : line.Contains("nobody@", StringComparison.Ordinal) ? "550 5.1.1 no such user"
            : null;
        await bench.PutAsync("grey", Specification(sink));
        await bench.PutAsync("gone", Specification(sink).With(("to", new[] { "nobody@example.com" })));
        await bench.PutAsync("half", Specification(sink).With(("to", new[] { "nobody@example.com", "ann@example.com" })));
        await bench.PutAsync("wrong", Specification(sink).With(("user_name", "mailer"), ("password", "not-the-password-at-all")));
        await bench.AddAsync(bench.Incident(1, NotificationKind.Opened));
        await bench.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(11));
        var records = (await bench.RecordsAsync()).ToDictionary(record => record.Receiver!);
        Assert.Equal((DeliveryState.Delivered, 3), (records["grey"].State, records["grey"].Attempts));
        Assert.Equal((DeliveryState.Failed, 1), (records["gone"].State, records["gone"].Attempts));
        Assert.Contains("550 5.1.1 no such user", records["gone"].Detail, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Delivered, records["half"].State);
        Assert.Contains("not for everybody: recipient nobody@example.com", records["half"].Detail, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Waiting, records["wrong"].State);
        Assert.Contains("signing in was answered with 535", records["wrong"].Detail, StringComparison.Ordinal);
        Assert.Equal(2, sink.Mails.Count);
        Assert.DoesNotContain("not-the-password", bench.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_that_is_sent_again_has_the_same_message_id()
    {
        await using var sink = new SmtpSink();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync("mail", Specification(sink));
        var mail = new OutgoingMessage(
            "incident-1-opened",
            bench.Get<ReceiverCatalog>().Find("mail")!,
            false,
            [bench.Incident(1, NotificationKind.Opened)],
            1
        );
        var client = bench.Get<IEnumerable<IReceiverClient>>().OfType<EmailClient>().Single();
        await client.SendAsync(mail, CancellationToken.None);
        bench.Time.Advance(TimeSpan.FromHours(1));
        await client.SendAsync(mail with { Attempt = 2 }, CancellationToken.None);
        await client.SendAsync(mail with { Key = "incident-2-opened" }, CancellationToken.None);
        Assert.Equal(sink.Mails[0]["Message-ID"], sink.Mails[1]["Message-ID"]);
        Assert.NotEqual(sink.Mails[0]["Message-ID"], sink.Mails[2]["Message-ID"]);
    }

    private static ReceiverSpecification Specification(SmtpSink sink) =>
        new()
        {
            Kind = "email",
            ["host"] = "127.0.0.1",
            ["port"] = sink.Port,
            ["from"] = "plumbline@example.com",
            ["to"] = new[] { "ann@example.com", "bob@example.com" },
            ["certificate_sha256"] = sink.CertificateSha256,
        };
}
