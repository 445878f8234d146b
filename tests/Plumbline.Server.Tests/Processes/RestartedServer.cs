namespace Plumbline.Server.Tests.Processes;

/// <summary>A server that is ended and started again on one data folder, and a client that finds it each time.</summary>
internal sealed class RestartedServer : IDisposable
{
    private readonly string[] _arguments;
    private volatile Uri? _address;
    private PlumblineProcess? _process;

    /// <param name="data">Its data folder.</param>
    /// <param name="more">Further arguments of <c>serve</c>.</param>
    public RestartedServer(string data, params string[] more)
    {
        (Data, _arguments) = (data, more);
        Client = new HttpClient(new FollowingHandler(() => _address))
        {
            BaseAddress = FollowingHandler.Anywhere,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public string Data { get; }

    /// <summary>Talks with whichever process runs; a request while none does fails like one that nobody answers.</summary>
    public HttpClient Client { get; }

    /// <summary>What the last process has written.</summary>
    public string Said => _process?.Said ?? "";

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        _process?.Dispose();
        _process = PlumblineProcess.Serve(Data, _arguments);
        _address = await _process.ReadyAsync();
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        await (_process?.KillAsync() ?? Task.CompletedTask);
        _address = null;
    }

    /// <summary>SIGTERM. Gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        var code = await (_process?.StopAsync() ?? Task.FromResult(0));
        _address = null;
        return code;
    }

    public void Dispose()
    {
        Client.Dispose();
        _process?.Dispose();
    }
}
