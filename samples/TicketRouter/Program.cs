using TicketRouter;
using TicketRouter.Releases;

try
{
    await using var app = TicketRouterHost.Build(args, TimeProvider.System);
    foreach (var (version, evaluation) in app.Services.GetRequiredService<ReleaseCatalog>().Evaluations)
        Console.WriteLine($"{version}: {evaluation}");
    await app.StartAsync();
    Console.WriteLine($"TicketRouter listens on {app.Urls.First()}");
    await app.WaitForShutdownAsync();
    return 0;
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}
