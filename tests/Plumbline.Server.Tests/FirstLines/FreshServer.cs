using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.FirstLines;

/// <summary>A server as somebody starts it for the first time: a process of its own, an empty folder, no model, no key.</summary>
public sealed class FreshServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-fresh-{Guid.NewGuid():N}");
    private PlumblineProcess? _process;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = PlumblineProcess.Serve(_folder);
        Client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = await _process.ListensAsync() };
    }

    public ValueTask DisposeAsync()
    {
        Client?.Dispose();
        _process?.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
