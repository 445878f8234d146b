using System.Globalization;
using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;

namespace Plumbline.Review.Retraining.Targets.Kinds;

/// <summary>
/// A workflow of GitHub Actions that listens to a <c>repository_dispatch</c>. The answer to that names no run: the run is found by a
/// <c>run-name</c> that has our key in it. So it is looked for before an attempt is repeated, too.
/// </summary>
public sealed class GitHubTarget : TargetKind
{
    private const int MaxPayloadBytes = 60 * 1024;

    public override string Name => "github";

    public override int Order => 2;

    public override string Title => "GitHub Actions";

    public override IReadOnlyList<TargetField> Fields { get; } =
    [
        new("repository", "Repository")
        {
            IsNeeded = true,
            Hint = "owner/name",
            MaxLength = 140,
            Check = text =>
                text.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name] && IsName(owner) && IsName(name)
                    ? null
                    : "owner/name is needed.",
        },
        new("token", "Token")
        {
            IsNeeded = true,
            IsSecret = true,
            Hint = "fine-grained, Contents: write and Actions: read",
            Check = text => text.Any(letter => letter is > '~' or <= ' ') ? "only ASCII characters are possible in it." : null,
        },
        new("event_type", "Event type") { Default = "plumbline-retrain", MaxLength = 100 },
        new("url", "API") { IsAddress = true, Default = "https://api.github.com" },
    ];

    public override Uri? AddressOf(TargetSpecification specification) => Absolute(specification.Text("url"));

    public override bool CanBeAsked(TargetSpecification specification) => true;

    public override async Task<TargetReply> StartAsync(TargetCall call, CancellationToken cancellation)
    {
        if (call.Attempt > 1)
        {
            var (found, problem) = await FindAsync(call, cancellation);
            if (problem is not null)
                return problem;
            if (found is { } known)
                return new(TargetVerdict.Accepted, "it had this run already", IdOf(known));
        }

        var payload = JsonSerializer.SerializeToElement(call.Request.Parameters(), RunRequest.Json);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { event_type = call.Needed("event_type"), client_payload = payload },
            RunRequest.Json
        );
        return body.Length > MaxPayloadBytes
            ? new(TargetVerdict.Refused, $"the request has {body.Length} bytes; GitHub takes {MaxPayloadBytes}")
            : call.Judge(await call.SendAsync(Call(call, HttpMethod.Post, "/dispatches") with { Body = body }, cancellation));
    }

    public override async Task<TargetAnswer> AskAsync(TargetCall call, string? remoteId, CancellationToken cancellation)
    {
        var (found, problem) = await FindAsync(call, cancellation);
        if (problem is not null)
            return new(null, problem.Detail);
        if (found is not { } run)
            return new(null);
        var word = TextOf(run, "conclusion") ?? TextOf(run, "status");
        return RunStates.Read(word) is { } state ? new(new RunReport(state, Message: TextOf(run, "html_url"))) : new(null);
    }

    // The workflow's run whose name has the key in it; null when there is none (yet).
    private static async Task<(JsonElement? Run, TargetReply? Problem)> FindAsync(TargetCall call, CancellationToken cancellation)
    {
        // A run is younger than its request; a day before is enough for any difference of clocks.
        var since = call.Request.RequestedAt.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var path = $"/actions/runs?event=repository_dispatch&per_page=100&created=%3E%3D{since}";
        var answer = await call.SendAsync(Call(call, HttpMethod.Get, path), cancellation);
        if (!answer.IsSuccess)
            return (null, call.Judge(answer));
        if (TargetCall.At(answer.Body, "workflow_runs") is not { ValueKind: JsonValueKind.Array } runs)
            return (null, null);
        foreach (var run in runs.EnumerateArray())
        {
            if (TextOf(run, "display_title")?.Contains(call.Request.Run, StringComparison.Ordinal) == true)
                return (run, null);
        }

        return (null, null);
    }

    private static OutboundCall Call(TargetCall call, HttpMethod method, string path) =>
        new(method, call.At($"/repos/{call.Needed("repository")}{path}"))
        {
            Headers =
            [
                ("Accept", "application/vnd.github+json"),
                ("Authorization", $"Bearer {call.Needed("token")}"),
                ("X-GitHub-Api-Version", "2022-11-28"),
            ],
        };

    private static string? IdOf(JsonElement run) =>
        run.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number ? id.GetRawText() : null;

    private static string? TextOf(JsonElement run, string name) =>
        run.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsName(string text) => text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}
