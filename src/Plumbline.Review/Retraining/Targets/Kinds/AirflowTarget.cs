using System.Text;
using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Retraining.Targets.Kinds;

/// <summary>A run of a DAG of Apache Airflow. Its id over there is made of our key: asked for twice, it is there once.</summary>
/// <param name="major">2: the interface v1 with a name and a password; 3: the interface v2 with a token.</param>
public abstract class AirflowTarget(int major) : TargetKind
{
    public override string Name => major == 2 ? "airflow2" : "airflow3";

    public override int Order => 3;

    public override string Title => $"Airflow {major}";

    public override IReadOnlyList<TargetField> Fields { get; } =
    [
        TargetField.Url,
        new("dag", "DAG")
        {
            IsNeeded = true,
            MaxLength = 250,
            Check = text =>
                text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '~' or ':' or '+')
                    ? null
                    : "the id of a DAG has A-Z a-z 0-9 . _ - ~ : + only.",
        },
        new("username", "User name"),
        new("password", "Password") { IsSecret = true },
        TargetField.Authorization,
    ];

    public override Uri? AddressOf(TargetSpecification specification) => Absolute(specification.Text("url"));

    public override bool CanBeAsked(TargetSpecification specification) => true;

    public override IEnumerable<FieldError> Check(TargetSpecification specification, TargetPermissions permissions) =>
        specification.Text("authorization") is null && (specification.Text("username") is null || specification.Text("password") is null)
            ? [new FieldError("password", "username and password, or authorization, are needed.")]
            : [];

    public override async Task<TargetReply> StartAsync(TargetCall call, CancellationToken cancellation)
    {
        var (authorization, problem) = await AuthorizeAsync(call, cancellation);
        if (problem is not null)
            return problem;
        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["dag_run_id"] = IdOf(call.Request),
            ["conf"] = call.Request.Parameters().Where(pair => pair.Value is not null).ToDictionary(),
            ["note"] = call.Request.Reason,
        };
        // Version 3.0 wants the key, whatever its value; version 2 does not take it without one.
        if (major == 3)
            body["logical_date"] = null;
        var answer = await call.SendAsync(
            Call(call, HttpMethod.Post, "/dagRuns", authorization) with
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(body, ConfJson),
            },
            cancellation
        );
        var reply = call.Judge(answer);
        if (reply.Verdict != TargetVerdict.Accepted)
            return reply;
        return reply with { RemoteId = IdOf(call.Request), Detail = await PausedAsync(call, authorization, cancellation) ?? reply.Detail };
    }

    public override async Task<TargetAnswer> AskAsync(TargetCall call, string? remoteId, CancellationToken cancellation)
    {
        var (authorization, problem) = await AuthorizeAsync(call, cancellation);
        if (problem is not null)
            return new(null, problem.Detail);
        var answer = await call.SendAsync(Call(call, HttpMethod.Get, $"/dagRuns/{IdOf(call.Request)}", authorization), cancellation);
        if (!answer.IsSuccess)
            return new(null, answer.Problem);
        return RunStates.Read(TargetCall.TextAt(answer.Body, "state")) is { } state ? new(new RunReport(state)) : new(null);
    }

    // A null is a value here.
    private static JsonSerializerOptions ConfJson { get; } =
        new(RunRequest.Json) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never };

    private static string IdOf(RunRequest request) => $"plumbline__{request.Run}";

    private OutboundCall Call(TargetCall call, HttpMethod method, string path, (string, string) authorization) =>
        new(method, call.At($"/api/{(major == 2 ? "v1" : "v2")}/dags/{Uri.EscapeDataString(call.Needed("dag"))}{path}"))
        {
            Headers = [("Accept", "application/json"), authorization],
        };

    private async Task<((string Name, string Value) Header, TargetReply? Problem)> AuthorizeAsync(
        TargetCall call,
        CancellationToken cancellation
    )
    {
        if (call.Target.Text("authorization") is { } given)
            return (("Authorization", given), null);
        var (name, password) = (call.Needed("username"), call.Needed("password"));
        if (major == 2)
            return (("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))), null);
        var answer = await call.SendAsync(
            new OutboundCall(HttpMethod.Post, call.At("/auth/token"))
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(new { username = name, password }),
            },
            cancellation
        );
        if (!answer.IsSuccess)
            return (default, call.Judge(answer) with { Detail = $"no token: {answer.Problem}" });
        return TargetCall.At(answer.Body, "access_token")?.GetString() is { } token
            ? (("Authorization", $"Bearer {token}"), null)
            : (default, new TargetReply(TargetVerdict.Retry, "no token: the answer has none"));
    }

    // A DAG that is paused takes a run and does not start it.
    private async Task<string?> PausedAsync(TargetCall call, (string, string) authorization, CancellationToken cancellation)
    {
        var answer = await call.SendAsync(Call(call, HttpMethod.Get, "", authorization), cancellation);
        return answer.IsSuccess && TargetCall.At(answer.Body, "is_paused") is { ValueKind: JsonValueKind.True }
            ? "the DAG is paused: the run waits until it is not"
            : null;
    }
}

/// <summary>Airflow 2.</summary>
public sealed class Airflow2Target() : AirflowTarget(2);

/// <summary>Airflow 3.</summary>
public sealed class Airflow3Target() : AirflowTarget(3);
