using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>
/// A real S3 server (s3rver, fetched with npm once per build folder) over a temporary folder. Null <see cref="Missing"/> when it runs.
/// </summary>
public sealed class S3Server : IAsyncLifetime
{
    private static readonly string Package = Path.Combine(AppContext.BaseDirectory, "Outcomes", "Sources", "s3");
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-s3-{Guid.NewGuid():N}");
    private Process? _process;

    /// <summary>Why it does not run.</summary>
    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var program = Path.Combine(Package, "node_modules", "s3rver", "bin", "s3rver.js");
        if (!File.Exists(program) && await RunAsync("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error") is { } failure)
        {
            Missing = $"s3rver could not be fetched with npm: {failure}";
            return;
        }

        Directory.CreateDirectory(_folder);
        await StartAsync();
    }

    public async Task StartAsync()
    {
        var program = Path.Combine(Package, "node_modules", "s3rver", "bin", "s3rver.js");
        _process = Process.Start(
            new ProcessStartInfo(
                "node",
                [
                    program,
                    "--directory",
                    _folder,
                    "--port",
                    SourcePlaces.S3Port.ToString(CultureInfo.InvariantCulture),
                    "--silent",
                    "--no-vhost-buckets",
                    "--configure-bucket",
                    SourcePlaces.Bucket,
                ]
            )
            {
                UseShellExecute = false,
            }
        )!;
        for (var i = 0; i < 600; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", SourcePlaces.S3Port);
                return;
            }
            catch (SocketException)
            {
                Assert.False(_process.HasExited, "s3rver ended by itself.");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }

        throw new TimeoutException("s3rver does not answer.");
    }

    public async Task StopAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    UseShellExecute = false,
                    WorkingDirectory = Package,
                    RedirectStandardError = true,
                }
            )!;
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? null : said;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return error.Message;
        }
    }
}
