using System.Net;
using System.Net.Sockets;
using Plumbline.Ingestion.Sources;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>The places that the tests' host may read. The servers behind them are started by the tests that need them.</summary>
internal static class SourcePlaces
{
    public const string User = "plumbline";
    public const string Password = "not 'so' secret\"";
    public const string Bucket = "plumbline-outcomes";

    public static int PostgresPort { get; } = FreePort();

    public static int S3Port { get; } = FreePort();

    public static string Folder { get; } = Path.Combine(Path.GetTempPath(), $"plumbline-test-files-{Environment.ProcessId}");

    public static SourcesOptions Options()
    {
        Directory.CreateDirectory(Folder);
        var database = new ConnectionOptions
        {
            Name = "warehouse",
            Kind = ConnectionKind.Postgresql,
            Host = "127.0.0.1",
            Port = PostgresPort,
            Database = "postgres",
            User = User,
            Password = Password,
        };
        return new SourcesOptions
        {
            RetryPause = TimeSpan.FromSeconds(1),
            LongestRetryPause = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(20),
            Connections =
            [
                database,
                database with
                {
                    Name = "denied",
                    Password = "wrong",
                },
                new ConnectionOptions
                {
                    Name = "folder",
                    Kind = ConnectionKind.Files,
                    Folder = Folder,
                },
                new ConnectionOptions
                {
                    Name = "lake",
                    Kind = ConnectionKind.S3,
                    Endpoint = new Uri($"http://127.0.0.1:{S3Port}"),
                    Bucket = Bucket,
                    Prefix = "exports",
                    AccessKey = "S3RVER",
                    SecretKey = "S3RVER",
                },
                new ConnectionOptions
                {
                    Name = "lake-denied",
                    Kind = ConnectionKind.S3,
                    Endpoint = new Uri($"http://127.0.0.1:{S3Port}"),
                    Bucket = Bucket,
                    AccessKey = "NOBODY",
                    SecretKey = "something-else",
                },
            ],
        };
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
