using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>Texts with places such as <c>{{model}}</c> that are filled with what is known of a run.</summary>
public static partial class TargetTemplate
{
    /// <summary>The id that the target gave; only where it is asked about a run.</summary>
    public const string RemoteId = "remote_id";

    private static readonly Dictionary<string, Func<RunRequest, string?>> Places = new(StringComparer.Ordinal)
    {
        ["run"] = request => request.Run,
        ["model"] = request => request.Model,
        ["version"] = request => request.Version,
        ["trigger"] = request => request.Trigger,
        ["reason"] = request => request.Reason,
        ["requested_by"] = request => request.RequestedBy,
        ["requested_at"] = request => request.RequestedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["dataset_name"] = request => request.Dataset?.Name,
        ["dataset_version"] = request => request.Dataset?.Version.ToString(CultureInfo.InvariantCulture),
        ["dataset_uri"] = request => request.Dataset?.Uri,
        ["dataset_rows"] = request => (request.Dataset?.Rows ?? 0).ToString(CultureInfo.InvariantCulture),
        ["dataset_labelled"] = request => (request.Dataset?.Labelled ?? 0).ToString(CultureInfo.InvariantCulture),
        ["dataset_hash"] = request => request.Dataset?.ContentHash,
        ["callback_url"] = request => request.CallbackUrl,
    };

    /// <summary>What can stand between the braces.</summary>
    public static IEnumerable<string> Names => Places.Keys;

    /// <summary>The text with every place filled; one that is not known for this run is empty.</summary>
    public static string Plain(string template, RunRequest request, string? remoteId = null) =>
        Fill(template, request, remoteId, text => text);

    /// <summary>The same inside of JSON.</summary>
    public static string Json(string template, RunRequest request) =>
        Fill(template, request, null, text => JsonEncodedText.Encode(text).Value);

    /// <summary>The same inside of a URL.</summary>
    public static string Url(string template, RunRequest request, string? remoteId = null) =>
        Fill(template, request, remoteId, Uri.EscapeDataString);

    /// <summary>Why a template cannot be used; null when it can.</summary>
    public static string? Check(string template, bool withRemoteId = false)
    {
        foreach (Match place in Place().Matches(template))
        {
            var name = place.Groups[1].Value;
            if (!Places.ContainsKey(name) && !(withRemoteId && name == RemoteId))
                return $"nothing is known as {{{{{name}}}}}; there are {string.Join(", ", Names)}{(withRemoteId ? $", {RemoteId}" : "")}.";
        }

        return null;
    }

    /// <summary>The same for JSON, which it must be when its places are filled.</summary>
    public static string? CheckJson(string template)
    {
        if (Check(template) is { } reason)
            return reason;
        try
        {
            using var _ = JsonDocument.Parse(Place().Replace(template, "1"));
            return null;
        }
        catch (JsonException error)
        {
            return $"not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine}.";
        }
    }

    private static string Fill(string template, RunRequest request, string? remoteId, Func<string, string> write) =>
        Place()
            .Replace(
                template,
                match =>
                    write(
                        (match.Groups[1].Value == RemoteId ? remoteId : Places.GetValueOrDefault(match.Groups[1].Value)?.Invoke(request))
                            ?? ""
                    )
            );

    [GeneratedRegex(@"\{\{\s*([a-z0-9_]{1,40})\s*\}\}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Place();
}
