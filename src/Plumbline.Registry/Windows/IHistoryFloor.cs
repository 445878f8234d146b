namespace Plumbline.Registry.Windows;

/// <summary>How far back windows can still be computed.</summary>
public interface IHistoryFloor
{
    /// <summary>
    /// The predictions of before are gone: what was computed of them stays as it is. <see cref="DateTimeOffset.MinValue"/> while none are.
    /// </summary>
    DateTimeOffset Of(int modelId);
}
