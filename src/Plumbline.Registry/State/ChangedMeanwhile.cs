using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.State;

/// <summary>
/// Two requests that changed the same declaration at the same time: one of them made it or removed it while the other was about to. The
/// other is told so, since trying again is right, and not that something unexpected happened.
/// </summary>
internal sealed class ChangedMeanwhile : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var isConflict =
            exception is DbUpdateConcurrencyException || (exception is DbUpdateException failed && StateDialect.IsKeyTaken(failed));
        if (!isConflict)
            return false;
        await Problems
            .Conflict(
                "changed_meanwhile",
                "Somebody else changed the same thing at the same time; nothing was changed by this request. Send it again."
            )
            .ExecuteAsync(httpContext);
        return true;
    }
}
