using System.Collections;
using System.Net.Http.Json;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Plumbline.Registry.Models;

namespace Plumbline.Server.Tests.Models;

/// <summary>
/// Models come and go for years in one process: what each of them leaves behind in memory adds up. Whatever capability keeps something by
/// model must forget it; a new one is found here by itself.
/// </summary>
public sealed class ForgottenModelTests(TestHost host)
{
    [Fact]
    public async Task Nothing_in_memory_remembers_a_deleted_model()
    {
        var name = await host.CreateModelAsync(
            new
            {
                task = "binary",
                window = "1h",
                segments = new[] { "country" },
            }
        );
        var id = host.Get<ModelCatalog>().Find(name)!.Id;
        var at = host.Get<TimeProvider>().GetUtcNow() - TimeSpan.FromDays(2);
        await host.PostAsync(
            name,
            "predictions",
            [
                .. Enumerable
                    .Range(0, 200)
                    .Select(i =>
                        (object)
                            new
                            {
                                prediction_id = $"p-{i}",
                                timestamp = at.AddMinutes(i),
                                features = new Dictionary<string, object> { ["amount"] = i, ["country"] = i % 2 == 0 ? "FR" : "DE" },
                                prediction = i % 3 == 0 ? "1" : "0",
                                score = i % 10 / 10.0,
                            }
                    ),
            ]
        );
        await host.PostAsync(
            name,
            "ground-truth",
            [
                .. Enumerable
                    .Range(0, 200)
                    .Select(i =>
                        (object)
                            new
                            {
                                prediction_id = $"p-{i}",
                                timestamp = at.AddMinutes(i + 5),
                                value = i % 4 == 0 ? "1" : "0",
                            }
                    ),
            ]
        );
        await host.WaitUntilComputedAsync(name);
        foreach (
            var path in (string[])
                [
                    "",
                    "/progress",
                    "/reference",
                    "/metrics?metric=*",
                    "/segments",
                    "/maturity",
                    "/rules",
                    "/retention",
                    "/incidents",
                    "/cold-spots",
                ]
        )
        {
            using (var read = await host.Client.GetAsync(new Uri($"/v1/models/{name}{path}", UriKind.Relative)))
                Assert.True((int)read.StatusCode < 500, path);
        }

        Assert.NotEmpty(Remembering(id));

        using var deleted = await host.Client.DeleteAsync(new Uri($"/v1/models/{name}", UriKind.Relative));
        deleted.EnsureSuccessStatusCode();
        // What was running for it when it was deleted ends, and what has ended is swept with the next work.
        List<string> remembering = [];
        for (var waits = 0; waits < 200; waits++)
        {
            remembering = [.. Remembering(id)];
            if (remembering.Count == 0)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            if (waits % 20 == 10)
                await host.PostAsync(await host.CreateModelAsync(new { task = "binary" }), "predictions", [new { prediction = "1" }]);
        }

        Assert.Fail($"Still known of a deleted model: {string.Join(", ", remembering)}");
    }

    /// <summary>The fields of the server's services that have an entry for a model.</summary>
    private IEnumerable<string> Remembering(int modelId) =>
        Services().SelectMany(service => Places(service, service.GetType().Name, modelId));

    private static IEnumerable<string> Places(object holder, string name, int modelId)
    {
        for (
            var type = holder.GetType();
            type is not null && type.Namespace?.StartsWith("Plumbline.", StringComparison.Ordinal) == true;
            type = type.BaseType
        )
        {
            foreach (
                var field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly
                )
            )
            {
                var value = field.GetValue(holder);
                if (value is IDictionary entries && entries.Keys.Cast<object>().Any(key => IsOf(key, modelId)))
                    yield return $"{name}.{field.Name}";
                // What services share to keep something by key: lanes, queues, caches.
                if (
                    value?.GetType() is { IsGenericType: true, Namespace: { } space }
                    && space.StartsWith("Plumbline.", StringComparison.Ordinal)
                )
                {
                    foreach (var place in Places(value, $"{name}.{field.Name}", modelId))
                        yield return place;
                }
            }
        }
    }

    private static bool IsOf(object key, int modelId) =>
        key switch
        {
            int id => id == modelId,
            // Keys such as (model, feature).
            ITuple { Length: > 1 } tuple => tuple[0] is int id && id == modelId,
            _ => false,
        };

    private IEnumerable<object> Services()
    {
        var types = AppDomain
            .CurrentDomain.GetAssemblies()
            .Where(assembly =>
                assembly.GetName().Name is { } name
                && (
                    name == "plumbline"
                    || (name.StartsWith("Plumbline.", StringComparison.Ordinal) && !name.EndsWith(".Tests", StringComparison.Ordinal))
                )
            )
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false });
        var known = host.Get<IServiceProviderIsService>();
        return types
            .Where(known.IsService)
            .Where(type => !typeof(Microsoft.AspNetCore.Components.IComponent).IsAssignableFrom(type))
            .Select(type => Find(type))
            .OfType<object>()
            .Concat(host.Services.GetServices<IHostedService>())
            .Distinct(ReferenceEqualityComparer.Instance);
    }

    private object? Find(Type type)
    {
        try
        {
            return host.Services.GetService(type);
        }
        catch (InvalidOperationException)
        {
            // Of a request or a circuit: it does not outlive a model.
            return null;
        }
    }
}
