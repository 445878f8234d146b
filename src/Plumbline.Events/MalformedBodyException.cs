namespace Plumbline.Events;

/// <summary>The body as a whole could not be read; nothing of it was taken.</summary>
public sealed class MalformedBodyException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="offset">Byte offset of the fault from the start of the (decompressed) body.</param>
    /// <param name="message">What is wrong there.</param>
    public MalformedBodyException(long offset, string message)
        : base(message) => Offset = offset;

    /// <summary>Byte offset of the fault from the start of the (decompressed) body.</summary>
    public long Offset { get; }
}

/// <summary>A limit of <see cref="EventLimits"/> on the whole body was passed.</summary>
public sealed class BodyTooLargeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which limit, with its value.</param>
    public BodyTooLargeException(string message)
        : base(message) { }
}
