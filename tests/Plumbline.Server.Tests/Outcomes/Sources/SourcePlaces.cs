using Plumbline.Ingestion.Sources;
using Plumbline.Ingestion.Sources.Connections;
using Plumbline.Review.Datasets;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>The places that the tests' host may read. The servers behind them are started by the tests that need them.</summary>
internal static class SourcePlaces
{
    public const string User = "plumbline";
    public const string Password = "not 'so' secret\"";
    public const string Bucket = "plumbline-outcomes";

    public static int PostgresPort { get; } = FreePort.Find();

    public static int S3Port { get; } = FreePort.Find();

    public static string Folder { get; } = Path.Combine(Path.GetTempPath(), $"plumbline-test-files-{Environment.ProcessId}");

    public static SourcesOptions Options()
    {
        Directory.CreateDirectory(Folder);
        return new SourcesOptions
        {
            RetryPause = TimeSpan.FromSeconds(1),
            LongestRetryPause = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(20),
            Connections =
            [
                Database("warehouse", Password),
                Database("denied", "wrong"),
                new ConnectionOptions
                {
                    Name = "folder",
                    Kind = "files",
                    ["folder"] = Folder,
                },
                new ConnectionOptions
                {
                    Name = "lake",
                    Kind = "s3",
                    ["endpoint"] = new Uri($"http://127.0.0.1:{S3Port}"),
                    ["bucket"] = Bucket,
                    ["prefix"] = "exports",
                    ["access_key"] = "S3RVER",
                    ["secret_key"] = "S3RVER",
                },
                new ConnectionOptions
                {
                    Name = "lake-denied",
                    Kind = "s3",
                    ["endpoint"] = new Uri($"http://127.0.0.1:{S3Port}"),
                    ["bucket"] = Bucket,
                    ["access_key"] = "NOBODY",
                    ["secret_key"] = "something-else",
                },
            ],
        };
    }

    /// <summary>The places that data sets may be written to.</summary>
    public static DatasetsOptions Destinations() =>
        new()
        {
            Destinations =
            [
                new DatasetDestination { Name = "folder", Folder = Path.Combine(Folder, "datasets") },
                new DatasetDestination
                {
                    Name = "lake",
                    Endpoint = new Uri($"http://127.0.0.1:{S3Port}"),
                    Bucket = Bucket,
                    Prefix = "datasets",
                    AccessKey = "S3RVER",
                    SecretKey = "S3RVER",
                },
            ],
        };

    private static ConnectionOptions Database(string name, string password) =>
        new()
        {
            Name = name,
            Kind = "postgresql",
            ["host"] = "127.0.0.1",
            ["port"] = PostgresPort,
            ["database"] = "postgres",
            ["user"] = User,
            ["password"] = password,
        };
}
