using Microsoft.AspNetCore.Diagnostics;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Commands;

/// <summary>Commands, and the answer to who may not.</summary>
public static class CommandsSetup
{
    public static IServiceCollection AddCommands(this IServiceCollection services) =>
        services.AddSingleton<CommandRunner>().AddExceptionHandler<Refusal>();

    private sealed class Refusal : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is not CommandRefusedException refused)
                return false;
            await Problems.Make(StatusCodes.Status403Forbidden, "Not allowed", "forbidden", refused.Message).ExecuteAsync(httpContext);
            return true;
        }
    }
}
