using System.Text;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Retraining.Targets.Kinds;

/// <summary>
/// Any HTTP interface by a template: a Job of Kubernetes, a workflow of Argo, a run of Kubeflow. What is written in it as
/// <c>{{model}}</c> is filled.
/// </summary>
public sealed class HttpTarget : TargetKind
{
    private static readonly string[] Methods = ["POST", "PUT", "PATCH"];

    public override string Name => "http";

    public override int Order => 5;

    public override string Title => "HTTP template (Kubernetes, Argo, Kubeflow)";

    public override IReadOnlyList<TargetField> Fields { get; } =
    [
        new("url", "URL")
        {
            IsNeeded = true,
            IsAddress = true,
            Hint = "https://",
            Check = text => CheckUrl(text, withRemoteId: false),
        },
        new("body", "Body")
        {
            IsJson = true,
            MaxLength = 64 * 1024,
            Default = """{"run":"{{run}}","model":"{{model}}","dataset_uri":"{{dataset_uri}}","callback_url":"{{callback_url}}"}""",
        },
        new("method", "Method") { Default = "POST", Check = text => Methods.Contains(text) ? null : "POST, PUT or PATCH." },
        new("headers", "Further headers, one a line")
        {
            Hint = "Accept: application/json",
            MaxLength = 4096,
            Check = text =>
                HeadersOf(text).All(header => IsHeader(header.Name))
                    ? TargetTemplate.Check(text)
                    : "lines such as Accept: application/json.",
        },
        TargetField.Authorization,
        new("run_path", "Where its id is in the answer") { Hint = "metadata.name", MaxLength = 200 },
        new("poll_url", "URL to ask how a run is") { IsAddress = true, Check = text => CheckUrl(text, withRemoteId: true) },
        new("state_path", "Where the state is in that answer") { Hint = "status.phase", MaxLength = 200 },
        new("version_path", "Where the version is in that answer") { MaxLength = 200 },
    ];

    public override Uri? AddressOf(TargetSpecification specification) => Absolute(specification.Text("url"));

    public override bool CanBeAsked(TargetSpecification specification) => specification.Text("poll_url") is not null;

    public override IEnumerable<FieldError> Check(TargetSpecification specification, TargetPermissions permissions)
    {
        var (asked, at) = (specification.Text("poll_url"), specification.Text("state_path"));
        if (asked is null != at is null)
            yield return new("state_path", "poll_url and state_path go together.");
        // Whatever it is called with goes with the same header.
        if (Absolute(asked) is { } poll && poll.Authority != AddressOf(specification)?.Authority)
            yield return new("poll_url", "the same machine as url is needed.");
    }

    public override async Task<TargetReply> StartAsync(TargetCall call, CancellationToken cancellation) =>
        call.Judge(
            await call.SendAsync(
                new OutboundCall(new HttpMethod(call.Needed("method")), new Uri(TargetTemplate.Url(call.Needed("url"), call.Request)))
                {
                    Body = Encoding.UTF8.GetBytes(TargetTemplate.Json(call.Needed("body"), call.Request)),
                    Headers = [(MessageSignature.KeyHeader, call.Request.Run), .. Headers(call)],
                },
                cancellation
            ),
            call.Target.Text("run_path")
        );

    public override async Task<TargetAnswer> AskAsync(TargetCall call, string? remoteId, CancellationToken cancellation)
    {
        var address = new Uri(TargetTemplate.Url(call.Needed("poll_url"), call.Request, remoteId ?? call.Request.Run));
        var answer = await call.SendAsync(new OutboundCall(HttpMethod.Get, address) { Headers = Headers(call) }, cancellation);
        if (!answer.IsSuccess)
            return new(null, answer.Problem);
        if (TargetCall.TextAt(answer.Body, call.Needed("state_path")) is not { } word)
            return new(null);
        var version = call.Target.Text("version_path") is { } path ? TargetCall.TextAt(answer.Body, path) : null;
        return RunStates.Read(word) is { } state
            ? new(new RunReport(state, version))
            : new(null, "its state is not one that is known here");
    }

    private static IEnumerable<(string, string)> Headers(TargetCall call) =>
        HeadersOf(TargetTemplate.Plain(call.Target.Text("headers") ?? "", call.Request)).Concat(call.Authorization);

    private static IEnumerable<(string Name, string Value)> HeadersOf(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(':', 2))
            .Select(pair => (pair[0].Trim(), pair.Length > 1 ? pair[1].Trim() : ""));

    private static bool IsHeader(string name) =>
        name.Length is > 0 and <= 100 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private static string? CheckUrl(string text, bool withRemoteId)
    {
        // Of whoever made a request, nothing may say which machine is called.
        var path = text.IndexOf('/', Math.Min(text.Length, text.IndexOf("//", StringComparison.Ordinal) + 2));
        return text.IndexOf("{{", StringComparison.Ordinal) is var place and >= 0 && (path < 0 || place < path)
            ? "places are possible after the name of the machine only."
            : TargetTemplate.Check(text, withRemoteId);
    }
}
