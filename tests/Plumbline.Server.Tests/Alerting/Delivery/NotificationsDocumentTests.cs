using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Delivery.Receivers.Webhook;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Alerting.Notifications;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>
/// docs/notifications.md: its receivers can be declared, its silences too, its message is what is sent, and its signature check checks.
/// </summary>
public sealed partial class NotificationsDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "notifications.md"));

    private static IEnumerable<string> Examples => Json().Matches(Document).Select(match => match.Groups[1].Value);

    [Fact]
    public async Task Every_kind_of_receiver_has_an_example_that_can_be_declared()
    {
        await using var bench = await DeliveryBench.OpenAsync();
        var declared = new List<string>();
        foreach (
            var example in Examples.Where(example =>
                example.Contains("\"kind\"", StringComparison.Ordinal) && !example.Contains("notifications", StringComparison.Ordinal)
            )
        )
        {
            declared.Add(
                (
                    await bench.PutAsync(
                        $"r{declared.Count}",
                        JsonSerializer.Deserialize<ReceiverSpecification>(example, ReceiverSpecification.Json)!
                    )
                )
                    .Kind
                    .Name
            );
        }

        Assert.Equal(ReceiverKind.All.Select(kind => kind.Name), declared);
    }

    [Fact]
    public void The_silences_can_be_declared()
    {
        var silences = Examples
            .Where(example => example.Contains("matchers", StringComparison.Ordinal))
            .Select(example => JsonSerializer.Deserialize<SilenceSpecification>(example, NotificationOutbox.Json)!)
            .ToList();
        Assert.Equal(2, silences.Count);
        Assert.All(silences, silence => Assert.Empty(silence.Check(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero))));
    }

    [Fact]
    public async Task The_message_has_the_documented_keys_and_python_can_check_its_signature()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = await DeliveryBench.OpenAsync();
        await bench.PutAsync(
            "hook",
            new ReceiverSpecification
            {
                Kind = "webhook",
                ["url"] = sink.Url,
                ["secret"] = "at least sixteen characters",
            }
        );
        await bench.AddAsync(bench.Incident(12, NotificationKind.Opened));
        await bench.PassAsync(TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(11));
        var request = Assert.Single(sink.Requests);
        var documented = JsonSerializer.Deserialize<JsonElement>(
            Examples.Single(example => example.Contains("notifications", StringComparison.Ordinal))
        );
        Assert.Equal(Keys(documented), Keys(request.Json));
        Assert.Equal(Keys(documented.GetProperty("notifications")[0]), Keys(request.Json.GetProperty("notifications")[0]));
        Assert.All(
            [MessageSignature.KeyHeader, MessageSignature.TimestampHeader, MessageSignature.SignatureHeader],
            header => Assert.Contains($"`{header}`", Document, StringComparison.Ordinal)
        );

        var python = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "python3"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(python is null, "python3 is not installed.");
        var program =
            Python().Match(Document).Groups[1].Value
            + "import sys\nprint(is_genuine(sys.argv[1], sys.argv[2], sys.argv[3], sys.stdin.buffer.read()))\n";
        Assert.Equal("True", await RunAsync(python!, program, request, request["Plumbline-Signature"]));
        Assert.Equal("False", await RunAsync(python!, program, request, "sha256=" + new string('0', 64)));
    }

    private static IEnumerable<string> Keys(JsonElement element) =>
        element.EnumerateObject().Select(property => property.Name).Where(name => name != "labels").Order(StringComparer.Ordinal);

    private static async Task<string> RunAsync(string python, string program, SunkRequest request, string signature)
    {
        using var process = Process.Start(
            new ProcessStartInfo(python, ["-c", program, "at least sixteen characters", request["Plumbline-Timestamp"], signature])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        await process.StandardInput.BaseStream.WriteAsync(request.Body);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said.Trim();
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Json();

    [GeneratedRegex("```python\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Python();
}
