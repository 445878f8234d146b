using System.Globalization;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>A stretch of the model's own past as its reference.</summary>
internal static class ProductionWindow
{
    /// <summary>Copies the primary predictions of [from, to), with the ground truth known now, into a reference's table.</summary>
    internal static SqlStatement Copy(ModelDefinition model, string table, DateTimeOffset from, DateTimeOffset to, string? version)
    {
        var columns = string.Join(", ", ModelTables.PredictionColumns.Concat(model.Features.Select(feature => feature.Column)));
        var onlyVersion = version is null ? "" : " AND version = {version:String}";
        List<SqlParameter> parameters = [new("from", from), new("to", to)];
        if (version is not null)
            parameters.Add(new("version", version));
        return new SqlStatement(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                INSERT INTO {{table}} ({{columns}}, value, value_number)
                SELECT {{columns}}, known.value, if(known.found = 1, known.value_number, nan)
                FROM (SELECT * FROM {{ModelTables.Predictions(model.Id)}}
                WHERE role = 'primary' AND timestamp >= {from:DateTime64(3, 'UTC')}
                AND timestamp < {to:DateTime64(3, 'UTC')}{{onlyVersion}}) AS rows
                LEFT ANY JOIN
                (
                    SELECT id_hash AS known_hash, prediction_id AS known_id, value, value_number, toUInt8(1) AS found
                    FROM {{ModelTables.Matched(model.Id)}}
                    WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}
                ) AS known ON rows.id_hash = known.known_hash AND rows.prediction_id = known.known_id
                """
            ),
            parameters
        );
    }
}
