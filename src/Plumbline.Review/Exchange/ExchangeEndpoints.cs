using System.Text.Json;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Review.Exchange;

/// <summary>/v1/models/{model}/review/answers and tasks/export: to tools of annotators, and back.</summary>
public static class ExchangeEndpoints
{
    private const int MaxBodyBytes = 64 * 1024 * 1024;
    private const int MostErrors = 1_000;
    private const string Formats = "label_studio, argilla, csv, jsonl, parquet";

    internal static void MapExchange(this IEndpointRouteBuilder routes)
    {
        var review = routes.MapGroup("/v1/models/{model}/review").WithTags("Review");
        review.MapPost("answers", ImportAsync).TakesBodies(BodyTypes.OfAnswers).Runs(ReviewCommands.ImportAnswers);
        review.MapGet("tasks/export", ExportAsync).RequireRole(ApiRole.Review);
    }

    private static async Task<IResult> ImportAsync(
        string model,
        string? format,
        HttpContext http,
        ModelCatalog models,
        AnswerImport import,
        AnswerFiles files,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (!AnswerFiles.Formats.Contains(format))
            return Problems.BadRequest("format_unknown", $"format= is one of {Formats}.");
        var reading =
            format == "parquet"
                ? RequestBody.ReadBytesAsync(http.Request, MaxBodyBytes, cancellation)
                : RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation);
        if (await reading is not { } body)
        {
            return Problems.Make(
                StatusCodes.Status413PayloadTooLarge,
                "Too large",
                "body_too_large",
                "A file of answers has at most 64 MiB; send it in parts."
            );
        }

        ImportedFile file;
        try
        {
            file = await files.ReadAsync(body, format!, cancellation);
        }
        catch (JsonException error)
        {
            return Problems.BadRequest(
                "json_invalid",
                $"The file is not JSON: {Problems.Shorten(error.Message, 300)}",
                ("line", error.LineNumber)
            );
        }

        if (file.Answers.Count == 0 && file.Errors is [{ Field: "" } whole] && file.Skipped == 0)
            return Problems.BadRequest("answers_invalid", whole.Reason);
        var result = await import.ImportAsync(found, file, cancellation);
        return Results.Json(
            new
            {
                taken = result.Taken,
                ground_truth = result.GroundTruth,
                late = result.Late,
                repeated = result.Repeated,
                skipped = result.Skipped,
                error_count = result.Errors.Count,
                errors = result.Errors.Take(MostErrors),
            },
            AnswerFiles.Json
        );
    }

    private static async Task<IResult> ExportAsync(
        string model,
        string? format,
        int? limit,
        ModelCatalog models,
        TaskExport export,
        CancellationToken cancellation
    )
    {
        if (models.Find(model) is not { } found)
            return Problems.UnknownModel(model);
        if (format is not ("label_studio" or "argilla"))
            return Problems.BadRequest("format_unknown", "format= is one of label_studio, argilla.");
        if (limit is < 1 or > TaskExport.MaxTasks)
            return Problems.BadRequest("limit_invalid", $"limit= is 1 to {TaskExport.MaxTasks}.");
        return Results.Bytes(
            await export.WriteAsync(found, format == "argilla", limit ?? TaskExport.DefaultTasks, cancellation),
            "application/json",
            $"{found.Name}-tasks-{format}.json"
        );
    }
}
