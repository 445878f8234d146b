using Plumbline.Alerting.Alerts;

namespace Plumbline.Alerting.Incidents;

/// <summary>The words of a timeline.</summary>
internal static class NoteText
{
    /// <summary>What an entry says: what somebody wrote, else what is known.</summary>
    internal static string Of(IncidentNoteRow note)
    {
        if (note.Text.Length > 0 || (note.Who.Length > 0 && note.Facts is null))
            return note.Text;
        var facts = NoteFacts.Read(note.Facts);
        return note.Kind switch
        {
            NoteKinds.FirstSign => "The change began, as far as the numbers tell.",
            NoteKinds.Detected => $"Rule {facts.Rule} found it.",
            NoteKinds.Joined when facts is { Incident: { } taken, Change: { } change } =>
                $"Incident {taken} is an effect of this one and was taken in: {facts.Model}: {AlertText.Moved(change)}",
            NoteKinds.Joined when facts.Stream is { } stream => $"{facts.Model}: rule {facts.Rule} fires for {AlertText.Stream(stream)}.",
            NoteKinds.Resolved => "The cause is over.",
            NoteKinds.Regressed => "It came back.",
            NoteKinds.Left when facts.Stream is { } stream =>
                $"{facts.Model}: {AlertText.Stream(stream)} is a matter of its own: incident {facts.Incident}.",
            NoteKinds.Came when facts.Stream is { } stream =>
                $"{facts.Model}: {AlertText.Stream(stream)} came from incident {facts.Incident}, and goes on without its cause.",
            NoteKinds.Merged when facts.Change is { } change =>
                $"Incident {facts.Incident} was taken in: {facts.Model}: {AlertText.Moved(change)}",
            NoteKinds.Merged => $"Incident {facts.Incident} was taken in.",
            NoteKinds.Notified when facts.Incident is { } by => $"Held back: incident {by} explains it.",
            NoteKinds.Notified when facts.Severity == AlertSeverity.Digest => "Goes into the daily digest.",
            NoteKinds.Notified => $"{facts.Severity} sent to the receivers.",
            _ => "",
        };
    }
}

/// <summary>Kinds of entries in a timeline.</summary>
internal static class NoteKinds
{
    internal const string FirstSign = "first_sign";
    internal const string Detected = "detected";
    internal const string Joined = "joined";
    internal const string Resolved = "resolved";
    internal const string Regressed = "regressed";
    internal const string Left = "left";
    internal const string Came = "came";
    internal const string Merged = "merged";
    internal const string Assigned = "assigned";
    internal const string NewNormal = "new_normal";
    internal const string Notified = "notified";
    internal const string Acknowledged = "acknowledged";
    internal const string Comment = "comment";
    internal const string Silenced = "silenced";
}
