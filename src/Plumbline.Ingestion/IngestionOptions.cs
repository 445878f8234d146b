namespace Plumbline.Ingestion;

/// <summary>Limits of ingestion.</summary>
public sealed record IngestionOptions
{
    /// <summary>
    /// Largest object or array body after decompression, in MiB; a larger one is answered 413. NDJSON is read in pieces. Range 1..512,
    /// default 64.
    /// </summary>
    public int MaxBodyMiB { get; init; } = 64;

    /// <summary>Bytes the spool may hold, in MiB; a full spool answers 429 with Retry-After. Range 16..1,048,576, default 1024.</summary>
    public int SpoolMiB { get; init; } = 1024;

    public void Validate(List<string> errors)
    {
        if (MaxBodyMiB is < 1 or > 512)
            errors.Add($"ingestion.max_body_mib: {MaxBodyMiB} is outside 1..512.");
        if (SpoolMiB is < 16 or > 1_048_576)
            errors.Add($"ingestion.spool_mib: {SpoolMiB} is outside 16..1048576.");
    }
}
