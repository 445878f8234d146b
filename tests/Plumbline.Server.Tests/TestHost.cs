using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Plumbline.Registry.State;
using Plumbline.Registry.Windows;
using Plumbline.Review.Retraining;
using Plumbline.Server.Hosting;
using Plumbline.Server.Tests.Outcomes.Sources;
using Plumbline.Server.Tests.State;

[assembly: AssemblyFixture(typeof(Plumbline.Server.Tests.TestHost))]

namespace Plumbline.Server.Tests;

/// <summary>
/// The real server on a free port with the real engine in a temporary folder. One for the whole assembly, because a process
/// holds one engine data path: tests keep apart by unique model names (<see cref="NewModelName"/>).
/// </summary>
public sealed class TestHost : IAsyncLifetime
{
    /// <summary>
    /// Names a data folder to open instead of an empty one: how a test looks, in a process of its own, at what a server that has ended has
    /// stored.
    /// </summary>
    public const string DataVariable = "PLUMBLINE_TEST_DATA";

    /// <summary>
    /// Set to <c>postgresql</c> it lets the host keep its state there, so that everything that uses it can be run on both: a cluster of its
    /// own is started.
    /// </summary>
    public const string StateVariable = "PLUMBLINE_TEST_STATE";

    private readonly StateDatabases? _databases = Environment.GetEnvironmentVariable(StateVariable) == "postgresql" ? new() : null;
    private readonly string? _given = Environment.GetEnvironmentVariable(DataVariable);
    private readonly string _data;
    private WebApplication? _app;
    private int _models;

    public TestHost() => _data = _given ?? Path.Combine(Path.GetTempPath(), $"plumbline-test-{Guid.NewGuid():N}");

    public HttpClient Client { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public string NewModelName(string prefix = "m") => $"{prefix}-{Interlocked.Increment(ref _models)}";

    public async ValueTask InitializeAsync()
    {
        if (_databases is not null)
            await _databases.InitializeAsync();
        _app = PlumblineHost.Build(
            new PlumblineOptions
            {
                DataDirectory = _data,
                State = _databases is null ? new StateOptions() : await _databases.NewAsync(),
                Urls = "http://127.0.0.1:0",
                Windows = new WindowOptions { IntervalMs = 100, QuietMs = 0 },
                Sources = SourcePlaces.Options(),
                Review = new Plumbline.Review.ReviewOptions { UndoSeconds = 0 },
                Retraining = new RetrainingOptions { PollInterval = TimeSpan.FromSeconds(1), Commands = ["/bin/sh", "/bin/echo"] },
                Datasets = SourcePlaces.Destinations(),
            }
        );
        await _app.StartAsync();
        Address = new Uri(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = Address };
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_databases is not null)
            await _databases.DisposeAsync();
        if (_given is null && Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }

    /// <summary>Creates a model and returns its name.</summary>
    public async Task<string> CreateModelAsync(object specification, string prefix = "m")
    {
        var name = NewModelName(prefix);
        using var response = await Client.PutAsJsonAsync($"/v1/models/{name}", specification);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return name;
    }

    /// <summary>Names and types of a model's features as the API says them, by name.</summary>
    public async Task<(string Name, string Type)[]> FeatureTypesAsync(string model)
    {
        var answer = await Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}");
        return
        [
            .. answer
                .GetProperty("features")
                .EnumerateObject()
                .Select(feature => (feature.Name, feature.Value.GetProperty("type").GetString()!))
                .OrderBy(feature => feature.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Posts events of a kind; every one must be taken.</summary>
    public async Task PostAsync(string model, string kind, object[] events)
    {
        var answer = await Client.PostAsJsonAsync($"/v1/models/{model}/{kind}", events);
        answer.EnsureSuccessStatusCode();
        Assert.Equal(0, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rejected").GetArrayLength());
    }

    /// <summary>Waits until everything posted so far is stored and every closed window that it touches is computed.</summary>
    /// <summary>Waits until the rules have looked at everything that is computed.</summary>
    public async Task WaitUntilEvaluatedAsync(string model)
    {
        await WaitUntilComputedAsync(model);
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1);
        while ((await Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/progress")).GetProperty("rules_pending").GetBoolean())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"The rules of {model} still wait.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async Task WaitUntilComputedAsync(string model, TimeSpan? limit = null)
    {
        var deadline = TimeProvider.System.GetUtcNow() + (limit ?? TimeSpan.FromMinutes(2));
        while (true)
        {
            var progress = await Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/progress");
            if (progress.GetProperty("spool").GetInt64() == 0 && progress.GetProperty("pending_windows").GetInt64() == 0)
                return;
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"Still waiting: {progress}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
