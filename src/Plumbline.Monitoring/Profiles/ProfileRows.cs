using Plumbline.Store;

namespace Plumbline.Monitoring.Profiles;

/// <summary>Reads answers in the columns of <see cref="ProfileStatement.ResultColumns"/>.</summary>
internal static class ProfileRows
{
    public static void Read(QueryRows rows, List<FeatureProfile> profiles)
    {
        while (rows.Read())
        {
            var (start, end) = (rows.ReadDateTime(), rows.ReadDateTime());
            var scope = new ProfileScope(rows.ReadString(), rows.ReadString(), rows.ReadString());
            profiles.Add(
                new FeatureProfile
                {
                    WindowStart = start,
                    WindowEnd = end,
                    Scope = scope,
                    Feature = rows.ReadString(),
                    Baseline = (int)rows.ReadUInt32(),
                    Rows = (long)rows.ReadUInt64(),
                    Present = (long)rows.ReadUInt64(),
                    Missing = (long)rows.ReadUInt64(),
                    PositiveInfinity = (long)rows.ReadUInt64(),
                    NegativeInfinity = (long)rows.ReadUInt64(),
                    TypeErrors = (long)rows.ReadUInt64(),
                    OutOfRange = (long)rows.ReadUInt64(),
                    Minimum = rows.ReadDouble(),
                    Maximum = rows.ReadDouble(),
                    Sum = rows.ReadDouble(),
                    SumOfSquares = rows.ReadDouble(),
                    Bins = rows.ReadUInt64Array(),
                }
            );
        }
    }
}
