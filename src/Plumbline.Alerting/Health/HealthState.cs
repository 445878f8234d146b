namespace Plumbline.Alerting.Health;

/// <summary>How something stands, in the order in which it deserves a look; <see cref="Unknown"/> means that it cannot be judged.</summary>
public enum HealthState
{
    Ok,
    Unknown,
    Watch,
    Bad,
}
