namespace Plumbline.Registry.Web;

/// <summary>One thing that is wrong in what somebody declares or asks for.</summary>
/// <param name="Field">Where, in the words of whoever wrote it: <c>features.amount.type</c>, <c>engine.memory_mib</c>.</param>
/// <param name="Reason">What is wrong and what is possible instead; never a secret.</param>
public sealed record FieldError(string Field, string Reason);
