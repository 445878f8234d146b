using System.Buffers;

namespace Plumbline.Review.Datasets;

/// <summary>
/// Where versions of data sets may be written. Places are declared here only: nobody can make the server write or call elsewhere over the
/// API.
/// </summary>
public sealed record DatasetsOptions
{
    /// <summary>At most this many places.</summary>
    public const int MaxDestinations = 100;

    /// <summary>Folders and buckets that versions may be written to. Default none: then versions are downloaded only.</summary>
    public IReadOnlyList<DatasetDestination> Destinations { get; init; } = [];

    /// <summary>The place of this name; null when there is none.</summary>
    public DatasetDestination? Find(string? name) => Destinations.FirstOrDefault(destination => destination.Name == name);

    /// <summary>Adds what cannot be used, each as path and reason.</summary>
    public void Validate(ICollection<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Destinations.Count > MaxDestinations)
            errors.Add($"datasets.destinations: {Destinations.Count} places; at most {MaxDestinations}.");
        for (var i = 0; i < Destinations.Count; i++)
        {
            if (Destinations[i].Wrong() is { } reason)
                errors.Add($"datasets.destinations[{i}].{reason}");
            if (Destinations.Take(i).Any(other => other.Name == Destinations[i].Name))
                errors.Add($"datasets.destinations[{i}].name: '{Destinations[i].Name}' is there twice.");
        }
    }
}

/// <summary>A folder of this machine, or a place in a bucket.</summary>
public sealed record DatasetDestination
{
    private static readonly SearchValues<char> Patterns = SearchValues.Create("*?{}[]");

    /// <summary>What it is called in requests; 1..64 characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>An absolute path. Null for a bucket.</summary>
    public string? Folder { get; init; }

    /// <summary>Address of an S3 server, such as <c>https://s3.eu-west-1.amazonaws.com</c>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>3..63 characters of a-z 0-9 . -.</summary>
    public string? Bucket { get; init; }

    /// <summary>What the keys of all files begin with. Default none.</summary>
    public string? Prefix { get; init; }

    /// <summary>Whose key it is.</summary>
    public string? AccessKey { get; init; }

    /// <summary>The key; in the configuration file or in a variable.</summary>
    public string? SecretKey { get; init; }

    /// <summary>Name of the environment variable that holds the key.</summary>
    public string? SecretKeyVariable { get; init; }

    /// <summary>The key, from wherever it is; null where it is nowhere.</summary>
    internal string? Secret => SecretKey ?? (SecretKeyVariable is null ? null : Environment.GetEnvironmentVariable(SecretKeyVariable));

    internal string? Wrong()
    {
        if (Name.Length is 0 or > 64)
            return "name: 1 to 64 characters are needed.";
        if (Folder is not null)
        {
            return Endpoint is not null || Bucket is not null ? "folder: either this, or endpoint and bucket."
                : Path.IsPathFullyQualified(Folder) ? null
                : "folder: an absolute path is needed.";
        }

        return WrongBucket();
    }

    private string? WrongBucket()
    {
        if (Endpoint is not { Scheme: "http" or "https", UserInfo.Length: 0, Query.Length: 0 })
            return "endpoint: a folder, or an address that begins with https:// or http://, without user and query, is needed.";
        if (
            Bucket is not { Length: >= 3 and <= 63 }
            || !Bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
        )
        {
            return "bucket: 3..63 characters of a-z 0-9 . - are needed.";
        }

        if (Prefix is not null && (Prefix.Split('/').Contains("..") || Prefix.AsSpan().ContainsAny(Patterns)))
            return "prefix: a path such as exports/datasets is needed.";
        return AccessKey is null || Secret is null ? "access_key: this, and secret_key or secret_key_variable, are needed." : null;
    }
}
