using System.Text.Json;
using Plumbline.Alerting.Delivery.Sending;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>A run and its target, with what is needed to speak to it.</summary>
/// <param name="Target">Who.</param>
/// <param name="Request">About what.</param>
/// <param name="Attempt">Counts from 1; 0 when it is only asked.</param>
/// <param name="Http">The way to it.</param>
/// <param name="Programs">What runs on this machine.</param>
/// <param name="Permissions">What the configuration allows.</param>
/// <param name="Now">The time of the attempt.</param>
public sealed record TargetCall(
    RetrainingTarget Target,
    RunRequest Request,
    int Attempt,
    OutboundHttp Http,
    LocalPrograms Programs,
    TargetPermissions Permissions,
    DateTimeOffset Now
)
{
    // The state of a workflow comes with all its steps.
    private const int MaxAnswerBytes = 512 * 1024;
    private const int MaxRemoteId = 512;

    /// <summary>A value of the target's declaration that it cannot be without.</summary>
    internal string Needed(string key) =>
        Target.Text(key) ?? throw new InvalidOperationException($"The target '{Target.Name}' has no {key}.");

    /// <summary>The base address and a path after it.</summary>
    internal Uri At(string path) => new(Needed("url").TrimEnd('/') + path);

    /// <summary>The header of the field authorization; none when it is not given.</summary>
    internal IEnumerable<(string Name, string Value)> Authorization =>
        Target.Text("authorization") is { } authorization ? [("Authorization", authorization)] : [];

    internal Task<OutboundAnswer> SendAsync(OutboundCall call, CancellationToken cancellation) =>
        Http.CallAsync(call, Target.Redact, MaxAnswerBytes, cancellation);

    /// <summary>What an answer to a start means.</summary>
    /// <param name="answer">It.</param>
    /// <param name="idAt">Where the run's id is in it; null when there is none.</param>
    internal TargetReply Judge(OutboundAnswer answer, string? idAt = null)
    {
        if (answer.IsSuccess)
            return new(TargetVerdict.Accepted, RemoteId: idAt is null ? null : TextAt(answer.Body, idAt));
        // The attempt before was heard, and only its answer was lost.
        if ((int?)answer.Status == StatusCodes.Status409Conflict && Attempt > 1)
            return new(TargetVerdict.Accepted, "it had this run already");
        return (int?)answer.Status is null or 408 or 425 or 429 or >= 500
            ? new(TargetVerdict.Retry, answer.Problem, RetryAfter: answer.RetryAfter)
            : new(TargetVerdict.Refused, answer.Problem);
    }

    /// <summary>A text or number of a JSON answer; null when it is not there.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="path">Names and positions with full stops between them: <c>status.conditions.0.type</c>.</param>
    internal static string? TextAt(ReadOnlySpan<byte> json, string path) =>
        At(json, path) switch
        {
            { ValueKind: JsonValueKind.String } text => Cut(text.GetString()!),
            { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value => Cut(value.GetRawText()),
            _ => null,
        };

    /// <summary>The part of a JSON answer; null when it is not there, or the answer is no JSON.</summary>
    internal static JsonElement? At(ReadOnlySpan<byte> json, string path)
    {
        JsonElement at;
        try
        {
            var reader = new Utf8JsonReader(json);
            at = JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }

        foreach (var part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part, out var next))
                at = next;
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(part, out var index) && index >= 0 && index < at.GetArrayLength())
                at = at[index];
            else
                return null;
        }

        return at;
    }

    private static string Cut(string text) => text.Length <= MaxRemoteId ? text : text[..MaxRemoteId];
}
