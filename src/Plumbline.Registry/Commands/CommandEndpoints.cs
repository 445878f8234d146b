using Plumbline.Registry.Access;

namespace Plumbline.Registry.Commands;

/// <summary>Endpoints that carry out a command.</summary>
public static class CommandEndpoints
{
    // The model has a place of its own in the record.
    private const string ModelParameter = "model";

    /// <summary>
    /// Declares that an endpoint carries out a command: only who has its role is answered, and it is recorded who did it to what. What is
    /// named in the address beside the model is the subject. An answer of 400 or more is one of nothing done.
    /// </summary>
    public static RouteHandlerBuilder Runs(this RouteHandlerBuilder endpoint, Command command) =>
        endpoint
            .RequireRole(command.Needs)
            .WithMetadata(command)
            .AddEndpointFilter(
                async (context, next) =>
                {
                    var http = context.HttpContext;
                    var running = new RunningCommand(
                        Actor.Of(http),
                        command,
                        http.GetRouteValue(ModelParameter) as string,
                        string.Join('/', http.Request.RouteValues.Where(value => value.Key != ModelParameter).Select(value => value.Value))
                    );
                    return await http
                        .RequestServices.GetRequiredService<CommandRunner>()
                        .RunAsync(
                            running,
                            async () => await next(context),
                            static answer => answer is not IStatusCodeHttpResult { StatusCode: >= StatusCodes.Status400BadRequest }
                        );
                }
            );
}
