namespace Plumbline.Events;

/// <summary>The three kinds of event that a client sends. The numbers are stored in the spool and never change.</summary>
public enum EventKind : byte
{
    /// <summary>One answer of a model, with its inputs.</summary>
    Prediction = 1,

    /// <summary>What turned out to be true for a prediction.</summary>
    GroundTruth = 2,

    /// <summary>A business signal, such as a click.</summary>
    Signal = 3,
}

/// <summary>How a prediction ended. The numbers are stored in the spool and never change.</summary>
public enum PredictionStatus : byte
{
    /// <summary>The model answered.</summary>
    Ok = 0,

    /// <summary>The model failed.</summary>
    Error = 1,

    /// <summary>No answer in time.</summary>
    Timeout = 2,

    /// <summary>The request was refused before the model saw it.</summary>
    Rejected = 3,
}

/// <summary>Whether the answer was used or only recorded beside the used one.</summary>
public enum PredictionRole : byte
{
    /// <summary>The answer that the caller got.</summary>
    Primary = 0,

    /// <summary>An answer computed for comparison only.</summary>
    Shadow = 1,
}

/// <summary>The shape of one JSON value on the wire, before the type of its feature is considered.</summary>
public enum FeatureValueKind : byte
{
    /// <summary>JSON null: the same as an absent feature.</summary>
    Missing = 0,

    /// <summary>A JSON number; beyond the range of a double it is an infinity.</summary>
    Number = 1,

    /// <summary>A JSON string.</summary>
    Text = 2,

    /// <summary>The literal true.</summary>
    True = 3,

    /// <summary>The literal false.</summary>
    False = 4,

    /// <summary>An array or object, kept as its JSON text.</summary>
    Json = 5,

    /// <summary>
    /// A JSON integer of more than 15 digits, such as a large key: its digits are kept beside the number, which has lost some.
    /// </summary>
    LongInteger = 6,
}
