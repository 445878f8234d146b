using Microsoft.AspNetCore.Diagnostics;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Storage;

/// <summary>The state of the disk: watched, told, and answered with 507 where a request met it.</summary>
public static class StorageSetup
{
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddSingleton<StorageState>().AddSingleton<FailureLog>().AddHostedService<StorageWatch>().AddExceptionHandler<Answer>();
        services.AddHealthChecks().AddCheck<StorageCheck>("storage");
        return services;
    }

    /// <summary>A request that failed at the disk is told so, and not that something unexpected happened.</summary>
    private sealed class Answer(StorageState state, FailureLog failures, ILogger<StorageState> log) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (StorageFailure.Describe(exception) is not { } problem)
                return false;
            state.Failed($"{problem}: {StorageFailure.Advice}");
            if (failures.IsDue("request"))
                log.RequestNotStored(exception, problem);
            var answer = Problems.Make(
                StatusCodes.Status507InsufficientStorage,
                "The server cannot store this",
                "storage_failed",
                $"Nothing was changed: {problem}. Free some space where the data folder lies, then send it again; "
                    + "the health page says how it stands."
            );
            await answer.ExecuteAsync(httpContext);
            return true;
        }
    }
}
