using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Server.Tests.Access;

/// <summary>One door for everything that people and keys change: who may is said once, and it is recorded who did.</summary>
public sealed class CommandTests(TestHost host)
{
    private static readonly Command Command = new("thing.change", ApiRole.Operate);

    // Events are what models send, not what people do; nobody is signed in before the sign-in.
    private static readonly string[] NoCommands =
    [
        "/v1/models/{model}/predictions",
        "/v1/models/{model}/ground-truth",
        "/v1/models/{model}/signals",
        "/sign-in",
        "/sign-out",
    ];

    [Fact]
    public void Every_endpoint_that_changes_something_runs_a_command_with_the_role_that_it_needs()
    {
        var writing = host.Get<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is { } methods
                && methods.HttpMethods.Any(method => method is "POST" or "PUT" or "PATCH" or "DELETE")
            )
            .Where(endpoint =>
                endpoint.RoutePattern.RawText is { } path
                && (path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/sign", StringComparison.Ordinal))
            )
            .ToList();
        Assert.True(writing.Count > 30);
        Assert.Equal(
            NoCommands.Order(StringComparer.Ordinal),
            writing
                .Where(endpoint => endpoint.Metadata.GetMetadata<Command>() is null)
                .Select(endpoint => endpoint.RoutePattern.RawText!)
                .Order(StringComparer.Ordinal)
        );
        foreach (var endpoint in writing)
        {
            if (endpoint.Metadata.GetMetadata<Command>() is not { } command)
                continue;
            Assert.Equal(
                [command.Needs.ToString()],
                endpoint.Metadata.GetOrderedMetadata<Microsoft.AspNetCore.Authorization.IAuthorizeData>().Select(policy => policy.Policy)
            );
        }

        // A name is what records are kept under: two commands never share one.
        var commands = writing.Select(endpoint => endpoint.Metadata.GetMetadata<Command>()).OfType<Command>().Distinct().ToList();
        Assert.Distinct(commands.Select(command => command.Name), StringComparer.Ordinal);
    }

    [Fact]
    public async Task It_is_recorded_who_did_what_and_not_what_failed()
    {
        using var records = new Records();
        host.Get<ILoggerFactory>().AddProvider(records);
        var model = host.NewModelName();
        var client = host.Client;
        (await client.PutAsJsonAsync($"/v1/models/{model}", new { task = "binary" })).EnsureSuccessStatusCode();
        (
            await client.PutAsJsonAsync(
                $"/v1/models/{model}/rules/low",
                new
                {
                    kind = "threshold",
                    metric = "performance.accuracy",
                    direction = "below",
                    value = 0.8,
                }
            )
        ).EnsureSuccessStatusCode();
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await client.PutAsJsonAsync($"/v1/models/{model}/rules/wrong", new { kind = "nonsense" })).StatusCode
        );
        (await client.DeleteAsync(new Uri($"/v1/models/{model}/rules/low", UriKind.Relative))).EnsureSuccessStatusCode();
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await client.DeleteAsync(new Uri($"/v1/models/{model}/rules/low", UriKind.Relative))).StatusCode
        );
        Assert.Equal(["open: model.declare ", "open: rule.declare low", "open: rule.delete low"], records.Of(model));
    }

    [Theory]
    [InlineData("operate", "", null, true)]
    [InlineData("admin", "", "a", true)]
    [InlineData("review", "", "a", false)]
    [InlineData("", "", "a", false)]
    [InlineData("operate", "a", "a", true)]
    [InlineData("operate", "a", "b", false)]
    // What belongs to no model is not for a key that is bound to one.
    [InlineData("admin", "a", null, false)]
    public async Task A_command_is_carried_out_for_those_who_may(string role, string boundTo, string? model, bool may)
    {
        var claims = new List<Claim> { new(ClaimTypes.Name, "somebody") };
        if (role.Length > 0)
            claims.Add(new Claim("plumbline:role", role));
        if (boundTo.Length > 0)
            claims.Add(new Claim("plumbline:model", boundTo));
        var running = new RunningCommand(Actor.Of(new ClaimsPrincipal(new ClaimsIdentity(claims, "test"))), Command, model, "x");
        RunningCommand? seen = null;
        var act = () =>
        {
            seen = CommandRunner.Current;
            return Task.FromResult(1);
        };
        if (may)
            Assert.Equal(1, await host.Get<CommandRunner>().RunAsync(running, act));
        else
            await Assert.ThrowsAsync<CommandRefusedException>(() => host.Get<CommandRunner>().RunAsync(running, act));
        Assert.Equal(may ? running : null, seen);
        Assert.Null(CommandRunner.Current);
    }

    private sealed class Records : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<(string Model, string What)> _records = new();

        public IEnumerable<string> Of(string model) => _records.Where(record => record.Model == model).Select(record => record.What);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (eventId.Id != 100 || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
                return;
            var named = values.ToDictionary(value => value.Key, value => value.Value);
            _records.Enqueue(($"{named["Model"]}", $"{named["Actor"]}: {named["Command"]} {named["Subject"]}"));
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
