using System.Net;
using Microsoft.AspNetCore.WebUtilities;

namespace Plumbline.Alerting.Delivery.Sending;

/// <summary>One request to somebody else.</summary>
/// <param name="Method">GET, POST ..</param>
/// <param name="Address">Where to; checked again when the connection is made.</param>
public sealed record OutboundCall(HttpMethod Method, Uri Address)
{
    /// <summary>Null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Beside those of the connection and the body.</summary>
    public IEnumerable<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>What came back.</summary>
/// <param name="Status">Null when nobody answered.</param>
/// <param name="Body">As much of it as was read.</param>
public sealed record OutboundAnswer(HttpStatusCode? Status, byte[] Body)
{
    private string ProblemOfSilence { get; init; } = "";

    /// <summary>How long it asked to be left alone, an hour at most; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>2xx.</summary>
    public bool IsSuccess => Status is { } status && (int)status is >= 200 and < 300;

    /// <summary>Why it is no success, in words, without secrets and without anything of the answer's body.</summary>
    public string Problem =>
        Status is not { } known ? ProblemOfSilence
        : (int)known is >= 300 and < 400 ? $"it answered {(int)known}: redirects are not followed, give the final address"
        : $"it answered {(int)known} {ReasonPhrases.GetReasonPhrase((int)known)}".TrimEnd();

    internal static OutboundAnswer None(string problem) => new(null, []) { ProblemOfSilence = problem };
}
