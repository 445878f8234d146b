using System.Text.Json;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining.Runs;

namespace Plumbline.Review.Retraining.Web;

/// <summary>/hooks/retraining/{run}: where a trainer reports. It has no key of this server: the secret in the address is its own.</summary>
public static class CallbackEndpoint
{
    internal static void MapCallback(this IEndpointRouteBuilder routes) =>
        routes.MapPost(RunSending.Hook + "/{run}", ReportAsync).AllowAnonymous().WithTags("Retraining");

    private static async Task<IResult> ReportAsync(
        string run,
        string? token,
        HttpContext http,
        RunStore runs,
        RunProgress progress,
        CancellationToken cancellation
    )
    {
        if (await runs.FindAsync(run, cancellation) is not { } found)
            return Problems.NotFound("unknown_run", "There is no such run.");
        if (!RunStore.IsToken(found, token))
        {
            return Problems.Make(
                StatusCodes.Status401Unauthorized,
                "Not allowed",
                "token_wrong",
                "The token is not that of this run: use callback_url of its request as it is."
            );
        }

        var (body, problem) = await RetrainingJson.ReadAsync<ReportBody>(http.Request, "report_invalid", cancellation);
        if (problem is not null)
            return problem;
        var (report, errors) = Read(body!);
        if (report is null)
            return Problems.Invalid("report_invalid", "The report was not taken; see errors.", errors);
        var isNew = await progress.ReportAsync(found, report, cancellation);
        var now = await runs.FindAsync(run, cancellation);
        return TypedResults.Ok(new { state = now!.StateIs.Word(), changed = isNew });
    }

    private static (RunReport? Report, IReadOnlyList<FieldError> Errors) Read(ReportBody body)
    {
        var errors = new List<FieldError>();
        if (RunStates.Parse(body.State) is not { } state || !RunStates.Reportable.Contains(state))
        {
            errors.Add(new("state", $"one of {string.Join(", ", RunStates.Reportable.Select(one => one.Word()))} is needed."));
            state = default;
        }

        var version = body.Version switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            null or { ValueKind: JsonValueKind.Null } => null,
            _ => "",
        };
        if (version is not null && VersionDeclaration.CheckName(version) is { } wrong)
            errors.Add(new("version", wrong.Reason));
        if (body.Message?.Length > RunStore.MaxText)
            errors.Add(new("message", $"at most {RunStore.MaxText} characters."));
        var metrics = body.Metrics is { ValueKind: not JsonValueKind.Null } given ? given : (JsonElement?)null;
        if (metrics is { } object_ && (object_.ValueKind != JsonValueKind.Object || object_.GetRawText().Length > RunProgress.MaxMetrics))
            errors.Add(new("metrics", $"an object of at most {RunProgress.MaxMetrics} characters is needed."));
        return errors.Count > 0 ? (null, errors) : (new RunReport(state, version, body.Message, metrics?.GetRawText()), []);
    }

    private sealed record ReportBody(string? State, JsonElement? Version, string? Message, JsonElement? Metrics);
}
