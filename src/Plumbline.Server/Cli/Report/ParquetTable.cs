using System.Globalization;
using Parquet;
using Parquet.Schema;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Report;

/// <summary>
/// Parquet read column by column. An import has the engine turn it into rows; a report needs no rows, and without the engine it starts at
/// once.
/// </summary>
internal static class ParquetTable
{
    public static async Task<TableFile> ReadAsync(string path, ReportSettings settings, CancellationToken cancellation)
    {
        var name = Path.GetFileName(path);
        try
        {
            await using var reader = await ParquetReader.CreateAsync(path, cancellationToken: cancellation);
            return await ReadAsync(reader, name, settings, cancellation);
        }
        // The library's own exceptions for damaged files are of many kinds; a file that is none has none of the right bytes.
        catch (Exception broken) when (broken is not (CommandLineException or OperationCanceledException or OutOfMemoryException))
        {
            throw new CommandLineException(ExitCode.Failure, $"'{path}' cannot be read as Parquet: {broken.Message}", broken);
        }
    }

    private static async Task<TableFile> ReadAsync(
        ParquetReader reader,
        string name,
        ReportSettings settings,
        CancellationToken cancellation
    )
    {
        var fields = reader.Schema.Fields;
        var read = new List<(DataField Field, ColumnValues Values)>();
        var notes = new List<string>();
        foreach (var field in fields.Where(field => settings.Takes(field.Name)))
        {
            if (field is DataField { IsArray: false } plain && IsRead(plain.ClrType))
                read.Add((plain, new ColumnValues(field.Name, settings.NeedsRows(field.Name))));
            else
                notes.Add($"column '{field.Name}' holds {Kind(field)}, which are not compared");
        }

        TableFile.CheckSize(name, 0, read.Count);
        long rows = 0;
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var part = reader.OpenRowGroupReader(group);
            rows += part.RowCount;
            TableFile.CheckSize(name, rows, read.Count);
            foreach (var (field, values) in read)
                await AddAsync(part, field, values, cancellation);
        }

        return TableFile.Of(name, rows, [.. fields.Select(field => field.Name)], [.. read.Select(pair => pair.Values)]) with
        {
            Notes = notes,
        };
    }

    private static string Kind(Field field) =>
        field is DataField { IsArray: false } plain ? $"values of the kind {plain.ClrType.Name}" : "lists or structures";

    private static bool IsRead(Type type) =>
        IsText(type) || type == typeof(bool) || type == typeof(DateTime) || type == typeof(Guid) || IsNumber(type);

    // The library knows texts as memory of characters.
    private static bool IsText(Type type) => type == typeof(string) || type == typeof(ReadOnlyMemory<char>);

    private static bool IsNumber(Type type) =>
        type == typeof(double)
        || type == typeof(float)
        || type == typeof(decimal)
        || (Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64);

    private static Task AddAsync(ParquetRowGroupReader part, DataField field, ColumnValues values, CancellationToken cancellation) =>
        Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Double => AddAsync<double>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.Single => AddAsync<float>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.Decimal => AddAsync<decimal>(part, field, value => values.AddNumber((double)value), values, cancellation),
            TypeCode.SByte => AddAsync<sbyte>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.Byte => AddAsync<byte>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.Int16 => AddAsync<short>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.UInt16 => AddAsync<ushort>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.Int32 => AddAsync<int>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.UInt32 => AddAsync<uint>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.Int64 => AddAsync<long>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.UInt64 => AddAsync<ulong>(part, field, value => values.AddNumber(value), values, cancellation),
            TypeCode.Boolean => AddAsync<bool>(part, field, value => values.AddText(value ? "true" : "false"), values, cancellation),
            TypeCode.DateTime => AddAsync<DateTime>(part, field, value => values.AddText(Time(value)), values, cancellation),
            _ when IsText(field.ClrType) => AddAsync<ReadOnlyMemory<char>>(
                part,
                field,
                text => values.AddText(text.Span),
                values,
                cancellation
            ),
            _ => AddAsync<Guid>(part, field, value => values.AddText(value.ToString()), values, cancellation),
        };

    private static string Time(DateTime time) => time.ToString("O", CultureInfo.InvariantCulture);

    // The library's nullable values and strings cost twice as much as the column as it is stored: the values that are there, and for each
    // row whether it has one.
    private static async Task AddAsync<T>(
        ParquetRowGroupReader part,
        DataField field,
        Action<T> add,
        ColumnValues values,
        CancellationToken cancellation
    )
        where T : struct
    {
        var stored = new T[part.RowCount];
        if (!field.IsNullable)
        {
            await part.ReadRawAsync<T>(field, stored, null, null, cancellation);
            foreach (var value in stored)
                add(value);
            return;
        }

        var levels = new int[part.RowCount];
        await part.ReadRawAsync<T>(field, stored, levels, null, cancellation);
        var next = 0;
        foreach (var level in levels)
        {
            if (level == field.MaxDefinitionLevel)
                add(stored[next++]);
            else
                values.AddMissing();
        }
    }
}
