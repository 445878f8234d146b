using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>A real PostgreSQL in a temporary folder. Nothing happens where none is installed.</summary>
/// <param name="port">Where it listens, on this machine only.</param>
public abstract class PostgresCluster(int port) : IAsyncLifetime
{
    private static readonly string? Programs = FindPrograms();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"plumbline-postgres-{Guid.NewGuid():N}");
    private NpgsqlDataSource? _database;
    private bool _isRunning;

    public virtual async ValueTask InitializeAsync()
    {
        if (Programs is null)
            return;
        Directory.CreateDirectory(_folder);
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, SourcePlaces.Password);
        // PostgreSQL refuses to run as root.
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "-R", "postgres", _folder);
        await RunServerToolAsync(
            "initdb",
            "-D",
            Path.Combine(_folder, "cluster"),
            "-U",
            SourcePlaces.User,
            "-A",
            "scram-sha-256",
            $"--pwfile={password}",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C"
        );
        await StartAsync();
        _database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = port,
                Database = "postgres",
                Username = SourcePlaces.User,
                Password = SourcePlaces.Password,
                Pooling = false,
                CommandTimeout = 120,
            }
        );
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null)
            await _database.DisposeAsync();
        if (_isRunning)
            await StopAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Whether there is one.</summary>
    public static bool IsInstalled => Programs is not null;

    /// <summary>Skips the test where no PostgreSQL is installed.</summary>
    public static void SkipWhenMissing() =>
        Assert.SkipWhen(Programs is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _database!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = _database!.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    public ValueTask<NpgsqlConnection> ConnectAsync() => _database!.OpenConnectionAsync();

    public async Task StartAsync()
    {
        var settings = string.Create(
            CultureInfo.InvariantCulture,
            $"-p {port} -h 127.0.0.1 -k {_folder} -c fsync=off -c timezone=Europe/Paris"
        );
        await RunServerToolAsync(
            "pg_ctl",
            "-D",
            Path.Combine(_folder, "cluster"),
            "-l",
            Path.Combine(_folder, "log"),
            "-o",
            settings,
            "-w",
            "start"
        );
        _isRunning = true;
    }

    public async Task StopAsync()
    {
        await RunServerToolAsync("pg_ctl", "-D", Path.Combine(_folder, "cluster"), "-m", "immediate", "-w", "stop");
        _isRunning = false;
    }

    private static Task RunServerToolAsync(string tool, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(Programs!, tool), .. arguments])
            : RunAsync(Path.Combine(Programs!, tool), arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // What pg_ctl starts would hold its pipes open: nothing is redirected, and its own log says what went wrong.
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments])
            {
                UseShellExecute = false,
                WorkingDirectory = Path.GetTempPath(),
            }
        )!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private static string? FindPrograms()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(folder => folder, StringComparer.Ordinal)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        var folders = installed.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return OperatingSystem.IsWindows()
            ? null
            : folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
    }
}
