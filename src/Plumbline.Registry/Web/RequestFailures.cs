using Microsoft.AspNetCore.Diagnostics;

namespace Plumbline.Registry.Web;

/// <summary>What is thrown on the way to an answer and is not a fault of ours, as an answer that says what to do.</summary>
internal sealed class RequestFailures : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (AnswerTo(exception) is not { } answer)
            return false;
        await answer.ExecuteAsync(httpContext);
        return true;
    }

    private static IResult? AnswerTo(Exception exception) =>
        exception switch
        {
            BodyTextException broken => Problems.BadRequest("text_invalid", broken.Message, ("offset", broken.Offset)),
            BadHttpRequestException broken => Problems.Make(broken.StatusCode, "The request cannot be used", "body_broken", broken.Message),
            _ => null,
        };
}
