namespace Plumbline.Events.Decoding;

/// <summary>What the decoder must know of the model and the moment.</summary>
/// <param name="ReceivedAt">The server's clock: the timestamp of rows without one, and the ground for "in the future".</param>
/// <param name="OldestAllowed">Rows before it are refused as too old; null when no retention is declared.</param>
/// <param name="NumericPrediction">True for regression: a prediction must be a number. Else it is a class.</param>
/// <param name="Form">How the model writes true and false where they are its classes.</param>
/// <param name="LearnsForm">True for a model of two classes of which none is known: the first class that tells decides
/// (<see cref="Batches.EventBatch.TellingClass"/>).</param>
public sealed record DecodeContext(
    DateTimeOffset ReceivedAt,
    DateTimeOffset? OldestAllowed,
    bool NumericPrediction,
    ClassForm Form = ClassForm.AsWritten,
    bool LearnsForm = false
);
