using Plumbline.Events;
using Plumbline.Events.Building;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion.Duplicates;
using Plumbline.Ingestion.Intake;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.Integrity;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Ingestion;

/// <summary>A block whose writer died on the way is written again.</summary>
public sealed class RepeatedBlockTests(TestHost host)
{
    private const int Batches = 52;
    private const int RowsPerBatch = 50;
    private const int Predictions = Batches * RowsPerBatch / 2;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public async Task Both_parts_of_predictions_are_kept_whatever_of_their_block_was_stored(int inserts)
    {
        var name = await host.CreateModelAsync(new { task = "binary" }, "repeated");
        var path = Path.Combine(Path.GetTempPath(), $"plumbline-repeated-{Guid.NewGuid():N}.db");
        await using var spool = Spool.Open(new SpoolOptions { Path = path }, TimeProvider.System);
        var known = new KnownEvents(
            spool,
            host.Get<StoredIds>(),
            host.Get<ModelTables>(),
            new FilterBudget(1_000_000),
            new IntegrityFindings()
        );
        await AppendAsync(name, spool, known);
        var block = (await spool.PlanBlockAsync(host.Model(name).Id, EventKind.Prediction, 100_000, long.MaxValue))!;
        Assert.Equal(Batches * RowsPerBatch, block.Rows);
        await InsertSomeAsync(name, spool, block, inserts);

        await WriterOf(spool, known).StoreAsync(block, isRepeated: true, Ct);

        var table = ModelTables.Predictions(host.Model(name).Id);
        Assert.Equal(
            [((ulong)Predictions, (ulong)Predictions)],
            await host.QueryAsync(
                $"SELECT count(), countIf(version = 'v1' AND prediction = 'yes') FROM {table}",
                row => (row.ReadUInt64(), row.ReadUInt64())
            )
        );
        Assert.Empty(spool.OpenBlocks());
        File.Delete(path);
    }

    // First what all predictions begin with, then what they end with. Senders with other features by turns make the rows wide, so that one
    // block is inserted in two goes, and parts of a prediction lie in both.
    private async Task AppendAsync(string name, Spool spool, KnownEvents known)
    {
        var intake = new EventIntake(
            spool,
            known,
            host.Get<StoredIds>(),
            host.Get<FeatureInference>(),
            host.Get<ModelCatalog>(),
            TimeProvider.System
        );
        using var builder = new EventBatchBuilder(EventKind.Prediction, new EventLimits());
        for (var batch = 0; batch < Batches; batch++)
        {
            builder.Begin(new DecodeContext(TimeProvider.System.GetUtcNow(), null, NumericPrediction: false));
            for (var row = 0; row < RowsPerBatch; row++)
                Assert.True(builder.Add(Part(batch, row)));
            Assert.Equal(AppendOutcome.Durable, (await intake.AppendAsync(host.Model(name), builder.Batch, TimeSpan.Zero, Ct)).Outcome);
        }
    }

    private static PredictionEvent Part(int batch, int row) =>
        new()
        {
            Id = $"p{(batch * RowsPerBatch + row) % Predictions}",
            IsPart = true,
            Version = batch < Batches / 2 ? "v1" : null,
            Class = batch < Batches / 2 ? null : "yes",
            Features =
                row > 0
                    ? []
                    : [.. Enumerable.Range(0, 100).Select(i => KeyValuePair.Create($"f{batch % 2}-{i}", FeatureValue.Of((double)i)))],
        };

    private async Task InsertSomeAsync(string name, Spool spool, SpoolBlock block, int inserts)
    {
        using var payloads = spool.Read(block);
        using var rows = PredictionRows.Open(host.Model(name), block, payloads);
        await host.Get<ModelTables>().EnsureAsync(host.Model(name).Id, rows.FeatureColumns, Ct);
        for (var insert = 0; insert < inserts; insert++)
        {
            Assert.True(rows.FillNextPart());
            await host.Get<IColumnStore>()
                .InsertAsync(ModelTables.Predictions(host.Model(name).Id), rows.ColumnNames, rows.Buffer.Written, null, Ct);
            Assert.Equal(insert == 0, rows.Ids.Count < block.Rows);
        }
    }

    private BlockWriter WriterOf(Spool spool, KnownEvents known) =>
        new(
            spool,
            host.Get<IColumnStore>(),
            host.Get<ModelTables>(),
            host.Get<ModelCatalog>(),
            host.Get<WindowLedger>(),
            known,
            host.Get<GroundTruthMatching>(),
            host.Get<SignalMatching>(),
            host.Get<PredictionWriteGate>(),
            host.Get<PartMerging>(),
            host.Get<FeatureTypeReview>()
        );
}
