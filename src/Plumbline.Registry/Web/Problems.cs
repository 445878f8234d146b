using Microsoft.AspNetCore.Http.HttpResults;

namespace Plumbline.Registry.Web;

/// <summary>Answers of RFC 9457 with a stable <c>code</c> for programs and a sentence for people that says what to do.</summary>
public static class Problems
{
    public static ProblemHttpResult BadRequest(string code, string detail, params (string Key, object? Value)[] extensions) =>
        Make(StatusCodes.Status400BadRequest, "The request cannot be used", code, detail, extensions);

    /// <summary>The answer for a declaration or a query that is wrong: all that is, under <c>errors</c>, as field and reason.</summary>
    public static ProblemHttpResult Invalid(string code, string detail, IEnumerable<FieldError> errors) =>
        BadRequest(code, detail, ("errors", errors.Select(error => new { field = error.Field, reason = error.Reason })));

    public static ProblemHttpResult NotFound(string code, string detail) => Make(StatusCodes.Status404NotFound, "Not found", code, detail);

    public static ProblemHttpResult Conflict(string code, string detail) =>
        Make(StatusCodes.Status409Conflict, "Conflict with what is stored", code, detail);

    /// <summary>The answer for a model name that nobody declared.</summary>
    /// <param name="model">The name.</param>
    /// <param name="why">A sentence about why this request does not create it; null where none could.</param>
    public static ProblemHttpResult UnknownModel(string model, string? why = null) =>
        NotFound(
            "unknown_model",
            $"There is no model '{Shorten(model)}'. {(why is null ? "Create it" : $"{why} It is declared")} with PUT /v1/models/{{model}} "
                + "and a body such as {\"task\":\"binary\"}."
        );

    /// <summary>Any other status.</summary>
    public static ProblemHttpResult Make(
        int status,
        string title,
        string code,
        string detail,
        params (string Key, object? Value)[] extensions
    )
    {
        var all = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code };
        foreach (var (key, value) in extensions)
            all[key] = value;
        return TypedResults.Problem(detail, statusCode: status, title: title, extensions: all);
    }

    /// <summary>User text inside a message is cut: an error must not echo a megabyte.</summary>
    public static string Shorten(string text, int length = 80) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "…");
}
