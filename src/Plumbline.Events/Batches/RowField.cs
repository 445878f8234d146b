namespace Plumbline.Events.Batches;

/// <summary>The tag before each field of an encoded row. The numbers are stored in the spool and never change.</summary>
internal enum RowField : byte
{
    Id = 1,
    Version = 2,
    Role = 3,
    Status = 4,
    ClassText = 5,
    NumberValue = 6,
    Score = 7,
    LatencyMs = 8,
    Error = 9,
    TraceId = 10,
    Metadata = 11,
    Probabilities = 12,
    Features = 13,
    Source = 14,
    Name = 15,
    Segment = 16,
    SignalId = 17,
    Part = 18,
}
