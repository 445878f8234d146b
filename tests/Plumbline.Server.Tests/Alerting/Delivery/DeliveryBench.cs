using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Plumbline.Alerting;
using Plumbline.Alerting.Delivery;
using Plumbline.Alerting.Delivery.Receivers;
using Plumbline.Alerting.Notifications;
using Plumbline.Registry;
using Plumbline.Registry.State;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.Alerting.Delivery;

/// <summary>
/// The delivery capability as the server composes it, with a clock of its own and a state database in a temporary folder; the pipeline runs
/// when the test says so.
/// </summary>
internal sealed class DeliveryBench : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-delivery-{Guid.NewGuid():N}");
    private readonly PlumblineOptions _options;
    private ServiceProvider _services;

    private DeliveryBench(DeliveryOptions delivery)
    {
        Directory.CreateDirectory(_folder);
        _options = new PlumblineOptions
        {
            DataDirectory = _folder,
            Delivery = delivery,
            PublicUrl = new Uri("https://plumbline.example.com"),
        };
        _services = Compose();
    }

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 3, 2, 9, 30, 0, TimeSpan.Zero));

    public LogLines Log { get; } = new();

    public string Folder => _folder;

    public DeliveryHistory History => Get<DeliveryHistory>();

    public static async Task<DeliveryBench> OpenAsync(DeliveryOptions? delivery = null)
    {
        var bench = new DeliveryBench(delivery ?? new DeliveryOptions());
        await bench.StartAsync();
        return bench;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Forgets everything that is not on the disk, as a restart does.</summary>
    public async Task RestartAsync()
    {
        await _services.DisposeAsync();
        _services = Compose();
        await StartAsync();
    }

    public async Task<Receiver> PutAsync(string name, ReceiverSpecification specification)
    {
        var (receiver, _, errors) = await Get<ReceiverCatalog>().PutAsync(name, specification, "test", CancellationToken.None);
        Assert.True(receiver is not null, string.Join("; ", errors));
        return receiver;
    }

    public async Task DeclareModelAsync(string name)
    {
        var (_, _, errors) = await Get<Plumbline.Registry.Models.ModelCatalog>()
            .PutAsync(name, new Plumbline.Registry.Models.ModelSpecification { Task = "binary" }, CancellationToken.None);
        Assert.Empty(errors);
    }

    public async Task AddAsync(params Notification[] notifications)
    {
        await using var db = await Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        foreach (var notification in notifications)
            Get<NotificationOutbox>().Add(db, notification);
        await db.SaveChangesAsync();
    }

    public Task<DateTimeOffset?> RunAsync() => Get<DeliveryPipeline>().RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Lets time pass in steps, with a pass of the pipeline before and after each.</summary>
    public async Task PassAsync(TimeSpan span, TimeSpan step)
    {
        await RunAsync();
        for (var passed = TimeSpan.Zero; passed < span; passed += step)
        {
            Time.Advance(step);
            await RunAsync();
        }
    }

    public async Task<IReadOnlyList<DeliveryRecord>> RecordsAsync() =>
        (await History.PageAsync(new DeliveryQuery { Limit = 500 }, CancellationToken.None)).Deliveries;

    public Notification Incident(
        long id,
        NotificationKind kind,
        AlertSeverity severity = AlertSeverity.Warning,
        string model = "churn",
        string feature = "age"
    ) =>
        new()
        {
            Key = $"incident-{id}-{kind.ToString().ToLowerInvariant()}",
            Kind = kind,
            IncidentId = id,
            Model = model,
            Severity = severity,
            Headline = $"Incident {id}: {feature} of {model} is out of true",
            Body = $"Line one of {id}\nLine two",
            StartedAt = Time.GetUtcNow().AddMinutes(-5),
            ResolvedAt = kind == NotificationKind.Resolved ? Time.GetUtcNow() : null,
            Path = $"/incidents/{id}",
            Labels = ImmutableDictionary<string, string>.Empty.Add("alertname", "drift").Add("feature", feature),
        };

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private ServiceProvider Compose()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddSingleton<TimeProvider>(Time).AddSingleton(_options).AddSingleton<InstanceOptions>(_options);
        services.AddSingleton<Plumbline.Registry.Models.ModelCatalog>();
        services.AddState(_options.StatePlace, PlumblineHost.StateTables);
        services.AddDelivery(_options, _options.Delivery);
        return services.BuildServiceProvider();
    }

    private async Task StartAsync()
    {
        await using var db = await Get<IDbContextFactory<StateDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
        await Get<Plumbline.Registry.Models.ModelCatalog>().LoadAsync(CancellationToken.None);
        await Get<ReceiverCatalog>().LoadAsync(CancellationToken.None);
    }
}

/// <summary>Everything that was logged.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => new Lines(categoryName, _lines);

    public void Dispose() { }

    private sealed class Lines(string category, System.Collections.Concurrent.ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
    }
}
