namespace Plumbline.Server.Ui.Marks;

/// <summary>How something stands, best first; <see cref="Unknown"/> means that it cannot be judged.</summary>
public enum LayerState
{
    Ok,
    Unknown,
    Watch,
    Bad,
}
