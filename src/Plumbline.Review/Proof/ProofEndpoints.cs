using System.Text.Json;
using System.Text.Json.Serialization;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Datasets;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Statistics;

namespace Plumbline.Review.Proof;

/// <summary>Answers to held-out rows, and what follows from them and from live traffic.</summary>
public static class ProofEndpoints
{
    private const int MaxBodyBytes = 64 * 1024 * 1024;
    private const int MaxPromotionBytes = 16 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    internal static void MapProof(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPut("/v1/models/{model}/datasets/{name}/versions/{number:int}/evaluations/{version}", KeepAsync)
            .Runs(ReviewCommands.TellHeldOutAnswers)
            .TakesBodies(BodyTypes.OfRows)
            .WithTags("Proof");
        routes.MapPost("/v1/models/{model}/versions/{version}/promote", PromoteAsync).Runs(ReviewCommands.PromoteVersion).WithTags("Proof");
        routes.MapPost("/v1/models/{model}/versions/{version}/retire", RetireAsync).Runs(ReviewCommands.RetireVersion).WithTags("Proof");
        routes.MapGet("/v1/models/{model}/retraining/runs/{run}/turn", TurnAsync).RequireRole(ApiRole.Read).WithTags("Proof");
        routes.MapGet("/v1/models/{model}/versions/{version}/proof", ProofAsync).RequireRole(ApiRole.Read).WithTags("Proof");
        routes.MapGet("/v1/models/{model}/versions/{version}/verdict", VerdictAsync).RequireRole(ApiRole.Read).WithTags("Proof");
    }

    private static async Task<IResult> KeepAsync(
        string model,
        string name,
        int number,
        string version,
        HttpContext http,
        ModelCatalog models,
        DatasetStore datasets,
        HeldOutAnswers answers,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (
            await datasets.FindAsync(found, name, cancellation) is not { } stored
            || await datasets.FindVersionAsync(stored, number, cancellation) is not { State: DatasetState.Ready } dataset
        )
        {
            return Problems.NotFound("unknown_version", $"The data set '{Problems.Shorten(name)}' has no ready version {number}.");
        }

        if (ModelNames.CheckLabel("version", version) is { } wrong)
            return Problems.Invalid("version_name_invalid", wrong, [new("version", wrong)]);
        if (await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation) is not { } body)
            return Problems.Make(StatusCodes.Status413PayloadTooLarge, "Too large", "body_too_large", "Answers have at most 64 MiB.");
        var read = HeldOutBody.Read(found, body);
        if (read.Answers.Count == 0)
        {
            return Problems.Invalid(
                "no_answers",
                "No row could be read.",
                read.Errors.Count > 0 ? read.Errors : [new("body", "One object a line: {\"prediction_id\": .., \"prediction\": ..}.")]
            );
        }

        return await answers.KeepAsync(found, dataset, version, read.Answers, Actor.Of(http).Name, cancellation) switch
        {
            null => Problems.Conflict(
                "no_test_split",
                "This version of the data set has no row in its test split: nothing is held out. Let its recipe have one."
            ),
            0 => Problems.Conflict("no_held_out_row", "None of these predictions is in the test split of this version of the data set."),
            { } kept => Results.Json(
                new
                {
                    accepted = kept,
                    not_held_out = read.Answers.Count - kept,
                    refused = read.Refused,
                    errors = read.Errors,
                },
                Json
            ),
        };
    }

    private static async Task<IResult> ProofAsync(
        string model,
        string version,
        double? margin,
        ModelCatalog models,
        ProofReading reading,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (Wrong(margin) is { } problem)
            return problem;
        var proof = await reading.ReadAsync(found, version, margin, cancellation);
        var sign = found.Task == ModelTask.Regression ? -1 : 1;
        return Results.Json(
            new
            {
                proof.Version,
                proof.Verdict,
                proof.Reasons,
                proof.Margin,
                metric = sign > 0 ? "accuracy" : "mean_absolute_error",
                dataset = proof.Dataset is { } dataset ? new { dataset.Name, dataset.Number } : null,
                held_out = proof.HeldOut.Select(slice => View(slice, sign)),
                live = new
                {
                    proof.Live.Pairs,
                    proof.Live.Agreement,
                    proof.Live.From,
                    any_time = proof.Live.AnyTime is { } interval ? new { interval.Lower, interval.Upper } : null,
                    slices = proof.Live.Slices.Select(slice => View(slice, sign)),
                },
            },
            Json
        );
    }

    /// <summary>The verdict as progressive delivery asks for it: one object <c>data</c> whose <c>ok</c> decides.</summary>
    private static async Task<IResult> VerdictAsync(
        string model,
        string version,
        double? margin,
        ModelCatalog models,
        ProofReading reading,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (Wrong(margin) is { } problem)
            return problem;
        var proof = await reading.ReadAsync(found, version, margin, cancellation);
        return Results.Json(
            new
            {
                data = new
                {
                    ok = proof.Verdict == Verdict.Better,
                    proof.Verdict,
                    proof.Reasons,
                },
            },
            Json
        );
    }

    private static async Task<IResult> PromoteAsync(
        string model,
        string version,
        HttpContext http,
        ModelCatalog models,
        Promotion promotion,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        var (body, problem) =
            http.Request.ContentLength == 0
                ? (null, null)
                : await ModelBody.ReadAsync<PromotionBody>(
                    http.Request,
                    MaxPromotionBytes,
                    "A promotion has at most 16 KiB.",
                    cancellation
                );
        if (problem is not null)
            return problem;
        var reason = body?.Reason ?? "";
        if (reason.Length > Promotion.MaxReason)
        {
            return Problems.Invalid(
                "reason_invalid",
                "The reason is too long.",
                [new("reason", $"At most {Promotion.MaxReason} characters.")]
            );
        }

        var result = await promotion.PromoteAsync(found, version, reason, body?.Force ?? false, Actor.Of(http).Name, cancellation);
        return result.Problem switch
        {
            PromotionProblem.UnknownVersion => Unknown(version),
            PromotionProblem.NotBetter => Problems.Conflict(
                "not_better",
                $"{string.Join(' ', result.Proof!.Reasons)} Say \"force\": true with a reason to promote it all the same."
            ),
            _ => Results.Json(
                new
                {
                    version,
                    stage = VersionStage.Promoted,
                    result.Proof!.Verdict,
                    result.Proof.Reasons,
                },
                Json
            ),
        };
    }

    private static async Task<IResult> RetireAsync(
        string model,
        string version,
        ModelCatalog models,
        Promotion promotion,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        return await promotion.RetireAsync(found, version, cancellation)
            ? Results.Json(new { version, stage = VersionStage.Retired }, Json)
            : Unknown(version);
    }

    private static async Task<IResult> TurnAsync(
        string model,
        string run,
        ModelCatalog models,
        RunStore runs,
        LoopTurnReading reading,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (await runs.FindAsync(run, cancellation) is not { } stored || stored.ModelId != found.Id)
            return Problems.NotFound("unknown_run", $"The model has no run '{Problems.Shorten(run)}'.");
        var turn = await reading.ReadAsync(found, stored, cancellation);
        return Results.Json(
            new
            {
                turn.Incidents,
                turn.Tasks,
                turn.Wrong,
                turn.ByRobots,
                dataset = turn.Dataset is { } dataset
                    ? new
                    {
                        dataset.Name,
                        dataset.Number,
                        dataset.Rows,
                        dataset.Labelled,
                        dataset.ContentHash,
                    }
                    : null,
                run = stored.Key,
                state = stored.StateIs,
                stored.Version,
                turn.Stage,
                turn.PromotedAt,
                turn.PromotedBy,
            },
            Json
        );
    }

    private static IResult Unknown(string version) =>
        Problems.NotFound("unknown_version", $"The model has no version '{Problems.Shorten(version)}'.");

    private sealed record PromotionBody(string? Reason, bool Force);

    private static IResult? Wrong(double? margin) =>
        margin is null or >= 0 && double.IsFinite(margin ?? 0)
            ? null
            : Problems.Invalid(
                "margin_invalid",
                "The margin cannot be used.",
                [new("margin", "A number from 0: 0.01 is a point of accuracy.")]
            );

    private static object View(ProofSlice slice, int sign) =>
        new
        {
            slice.Kind,
            slice.Name,
            before = Plain(slice.Compared.Before, sign),
            after = Plain(slice.Compared.After, sign),
            // Positive is better, whatever the metric.
            gain = Plain(slice.Compared.Difference, 1),
            only_before = slice.Compared.OnlyBefore,
            only_after = slice.Compared.OnlyAfter,
            p_value = slice.Compared.Test.PValue,
            is_worse = slice.IsWorse,
        };

    private static object Plain(Estimate estimate, int sign) =>
        new
        {
            value = sign * estimate.Value,
            lower = sign > 0 ? estimate.Lower : -estimate.Upper,
            upper = sign > 0 ? estimate.Upper : -estimate.Lower,
            n = estimate.N,
            reason = estimate.Reason,
        };
}
