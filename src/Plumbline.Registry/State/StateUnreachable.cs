using Microsoft.AspNetCore.Diagnostics;
using Npgsql;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.State;

/// <summary>
/// A request that needed the state while its database server did not answer: it is told so, since sending it again later is right.
/// </summary>
internal sealed class StateUnreachable(StatePlace place, ILogger<StateUnreachable> log) : IExceptionHandler
{
    /// <summary>Whether a failure is that the database server cannot be reached now, or has no room.</summary>
    internal static bool IsIn(Exception? error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is NpgsqlException { IsTransient: true })
                return true;
        }

        return false;
    }

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!IsIn(exception))
            return false;
        log.StateNeeded(place.Name, exception.GetBaseException().Message);
        await Problems
            .Make(
                StatusCodes.Status503ServiceUnavailable,
                "The state cannot be reached",
                "state_unreachable",
                "The database that holds what was declared does not answer. Send it again later."
            )
            .ExecuteAsync(httpContext);
        return true;
    }
}
