using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Samples;

/// <summary>
/// The rows of a reference with the ground truth known by now, as a subquery with the columns <c>truth</c> and <c>truth_number</c>.
/// </summary>
public static class ReferenceSource
{
    /// <summary>
    /// The stored ground truth, else the one that was matched since: a past window of production becomes the reference before all of its
    /// ground truth has come.
    /// </summary>
    public static (string Sql, IReadOnlyList<SqlParameter> Parameters) Of(ModelDefinition model, Baseline baseline)
    {
        var table = ModelTables.Reference(model.Id, baseline.Generation);
        if (baseline.From is not { } from || baseline.To is not { } to)
            return ($"SELECT *, value AS truth, value_number AS truth_number FROM {table}", []);
        var sql = $$"""
            SELECT r.*, if(r.value != '' OR NOT isNaN(r.value_number), r.value, m.later) AS truth,
                if(r.value != '' OR NOT isNaN(r.value_number) OR m.found = 0, r.value_number, m.later_number) AS truth_number
            FROM {{table}} AS r
            LEFT ANY JOIN (
                SELECT id_hash AS later_hash, prediction_id AS later_id, value AS later, value_number AS later_number, toUInt8(1) AS found
                FROM {{ModelTables.Matched(model.Id)}}
                WHERE timestamp >= {reference_from:DateTime64(3, 'UTC')} AND timestamp <= {reference_to:DateTime64(3, 'UTC')}
            ) AS m ON r.id_hash = m.later_hash AND r.prediction_id = m.later_id
            """;
        return (sql, [new("reference_from", from), new("reference_to", to)]);
    }
}
