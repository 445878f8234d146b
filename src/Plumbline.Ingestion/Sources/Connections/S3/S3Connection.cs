using Plumbline.Ingestion.Sources.Connections.Parquet;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Ingestion.Sources.Connections.S3;

/// <summary>Parquet files below a prefix of a bucket; others cannot be read. Without keys the bucket is read without signing in.</summary>
public sealed class S3Connection : ConnectionKind
{
    private static readonly string[] Denials = ["AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"];

    public override string Name => "s3";

    public override int Order => 1;

    internal override string? SecretKey => "secret_key";

    public override IReadOnlyList<ConnectionField> Fields { get; } =
    [
        // Such as https://s3.eu-west-1.amazonaws.com.
        new("endpoint", typeof(Uri))
        {
            IsNeeded = true,
            Check = endpoint =>
                endpoint is Uri { Scheme: "http" or "https", UserInfo.Length: 0, Query.Length: 0 }
                    ? null
                    : "an address that begins with https:// or http://, without user and query, is needed.",
        },
        ConnectionField.Text(
            "bucket",
            isNeeded: true,
            bucket =>
                bucket.Length is >= 3 and <= 63 && bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
                    ? null
                    : "3..63 characters of a-z 0-9 . - are needed."
        ),
        ConnectionField.Text(
            "prefix",
            check: prefix =>
                prefix.Contains('*', StringComparison.Ordinal) || ParquetPath.Error(prefix.Trim('/')) is not null
                    ? "a path such as exports/outcomes is needed."
                    : null
        ),
        ConnectionField.Text("access_key"),
        .. ConnectionField.Secret("secret_key"),
    ];

    internal override IEnumerable<FieldError> Check(ConnectionOptions declared)
    {
        var hasSecret = declared["secret_key"] is not null || declared["secret_key_variable"] is not null;
        if (declared["access_key"] is not null != hasSecret)
        {
            yield return new(
                "access_key",
                "access_key and the secret key go together; without both the bucket is read without signing in."
            );
        }
    }

    internal override IEnumerable<FieldError> CheckPlace(SourceSpecification source) => ParquetPath.Check(source);

    internal override Task<ISourceTable> OpenAsync(
        ConnectionOptions connection,
        SourceSpecification source,
        SourceReading reading,
        CancellationToken cancellation
    )
    {
        var prefix = connection.Text("prefix")?.Trim('/') is { Length: > 0 } given ? given + "/" : "";
        var endpoint = ((Uri)connection["endpoint"]!).AbsoluteUri.TrimEnd('/');
        var path = new SqlParameter("path", $"{endpoint}/{connection.Text("bucket")}/{prefix}{source.Path}");
        var place = connection.Text("access_key") is { } accessKey
            ? new ParquetPlace(
                connection,
                "s3({path:String}, {access_key:String}, {secret_key:String}, 'Parquet')",
                [path, new SqlParameter("access_key", accessKey), new SqlParameter("secret_key", connection.Secret!)]
            )
            : new ParquetPlace(connection, "s3({path:String}, NOSIGN, 'Parquet')", [path]);
        return Task.FromResult<ISourceTable>(
            new ParquetTable(
                reading.Store,
                place with
                {
                    Explain = (name, said) => Explain(connection, name, said),
                },
                source,
                reading.Timeout
            )
        );
    }

    private static SourceException? Explain(ConnectionOptions connection, string name, string said)
    {
        if (name == "S3_ERROR" && Denials.Any(denial => said.Contains(denial, StringComparison.Ordinal)))
            return new SourceException(SourceErrorCode.LoginDenied, $"The bucket '{connection.Text("bucket")}' refuses the key: {said}");
        if (
            name == "S3_ERROR"
            && (said.Contains("NoSuchBucket", StringComparison.Ordinal) || said.Contains("NoSuchKey", StringComparison.Ordinal))
        )
        {
            return new SourceException(
                SourceErrorCode.TableMissing,
                $"The bucket '{connection.Text("bucket")}' or the file is not there: {said}"
            );
        }

        return name is "S3_ERROR" or "NETWORK_ERROR" or "SOCKET_TIMEOUT"
            ? new SourceException(
                SourceErrorCode.Unreachable,
                $"The S3 server of the connection '{connection.Name}' cannot be asked: {said}"
            )
            : null;
    }
}
