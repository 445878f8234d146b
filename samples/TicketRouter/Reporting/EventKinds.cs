namespace TicketRouter.Reporting;

/// <summary>The kinds of events, as the last part of the address that they are posted to.</summary>
public static class EventKinds
{
    public const string Predictions = "predictions";
    public const string GroundTruth = "ground-truth";
    public const string Signals = "signals";
}
