using TicketRouter.Tickets;

namespace TicketRouter.Learning;

/// <summary>
/// Turns a ticket into numbers: hashed words and word pairs of subject and body, standardised numbers with an indicator each for "missing",
/// and one place per known category. What it learns (means, deviations, categories) comes from the training tickets only.
/// </summary>
public sealed class TicketEncoder
{
    private static readonly string[] NumberNames =
    [
        "account_age_days",
        "open_tickets",
        "order_amount",
        "attachments",
        "message_length",
        "exclamations",
        "capitals_share",
        "has_order",
    ];

    private readonly int _buckets;
    private readonly bool _lowerCase;
    private readonly double[] _means = new double[NumberNames.Length];
    private readonly double[] _deviations = new double[NumberNames.Length];
    private readonly Dictionary<string, int> _categories = new(StringComparer.Ordinal);

    private TicketEncoder(int buckets, bool lowerCase) => (_buckets, _lowerCase) = (buckets, lowerCase);

    private TicketEncoder(TicketEncoder from, bool lowerCase)
        : this(from._buckets, lowerCase) =>
        (_means, _deviations, _categories, Dimensions) = (from._means, from._deviations, from._categories, from.Dimensions);

    /// <summary>Length of the encoded vector.</summary>
    public int Dimensions { get; private set; }

    /// <param name="tickets">The training tickets.</param>
    /// <param name="buckets">Places for hashed words, a power of two.</param>
    public static TicketEncoder Fit(IReadOnlyList<Ticket> tickets, int buckets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.PopCount(buckets), 1);
        var encoder = new TicketEncoder(buckets, lowerCase: true);
        Span<double> numbers = stackalloc double[NumberNames.Length];
        var sums = new double[NumberNames.Length];
        var squares = new double[NumberNames.Length];
        var counts = new int[NumberNames.Length];
        foreach (var ticket in tickets)
        {
            Numbers(ticket, numbers);
            for (var i = 0; i < numbers.Length; i++)
            {
                if (double.IsNaN(numbers[i]))
                    continue;
                sums[i] += numbers[i];
                squares[i] += numbers[i] * numbers[i];
                counts[i]++;
            }

            foreach (var category in Categories(ticket))
                encoder._categories.TryAdd(category, encoder._categories.Count);
        }

        for (var i = 0; i < sums.Length; i++)
        {
            encoder._means[i] = counts[i] == 0 ? 0 : sums[i] / counts[i];
            var variance = counts[i] == 0 ? 0 : (squares[i] / counts[i]) - (encoder._means[i] * encoder._means[i]);
            encoder._deviations[i] = variance > 1e-12 ? Math.Sqrt(variance) : 1;
        }

        encoder.Dimensions = buckets + (2 * NumberNames.Length) + encoder._categories.Count + 1;
        return encoder;
    }

    /// <summary>
    /// The same encoder with a tokenizer that keeps capitals and makes no word pairs. Weights learned with the other one do not fit: the
    /// classic skew between training and serving, which the bad release has.
    /// </summary>
    public TicketEncoder WithUnfoldedCase() => new(this, lowerCase: false);

    public SparseVector Encode(Ticket ticket)
    {
        var tokens = new List<int>(96);
        Words(ticket.Subject, 0x5u, tokens);
        Words(ticket.Body, 0xBu, tokens);
        Span<double> numbers = stackalloc double[NumberNames.Length];
        Numbers(ticket, numbers);
        var indices = new List<int>(tokens.Count + 24);
        var values = new List<float>(tokens.Count + 24);
        var weight = 1f / MathF.Sqrt(Math.Max(1, tokens.Count));
        foreach (var token in tokens)
            Add(token, weight * 2);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (double.IsNaN(numbers[i]))
                Add(_buckets + NumberNames.Length + i, 0.5f);
            else
                Add(_buckets + i, (float)Math.Clamp((numbers[i] - _means[i]) / _deviations[i], -4, 4) * 0.25f);
        }

        foreach (var category in Categories(ticket))
        {
            if (_categories.TryGetValue(category, out var place))
                Add(_buckets + (2 * NumberNames.Length) + place, 0.5f);
        }

        Add(Dimensions - 1, 1);
        return new SparseVector([.. indices], [.. values]);

        void Add(int index, float value)
        {
            indices.Add(index);
            values.Add(value);
        }
    }

    private static void Numbers(Ticket ticket, Span<double> into)
    {
        into[0] = Logarithm(ticket.AccountAgeDays);
        into[1] = ticket.OpenTickets ?? double.NaN;
        into[2] = Logarithm(ticket.OrderAmount);
        into[3] = ticket.Attachments ?? double.NaN;
        into[4] = Math.Log(1 + ticket.MessageLength);
        into[5] = Math.Min(10, ticket.Exclamations);
        into[6] = ticket.CapitalsShare;
        into[7] = ticket.HasOrder ? 1 : 0;

        static double Logarithm(double? value) => value is { } number ? Math.Log(1 + Math.Max(0, number)) : double.NaN;
    }

    private static IEnumerable<string> Categories(Ticket ticket)
    {
        if (ticket.Plan is { } plan)
            yield return "plan=" + plan;
        if (ticket.Country is { } country)
            yield return "country=" + country;
        if (ticket.Language is { } language)
            yield return "language=" + language;
        if (ticket.Channel is { } channel)
            yield return "channel=" + channel;
    }

    /// <summary>
    /// FNV-1a over the letters and digits of each word; numbers become one token, pairs combine the hashes of two neighbours.
    /// </summary>
    private void Words(ReadOnlySpan<char> text, uint field, List<int> tokens)
    {
        const uint Offset = 2166136261,
            Prime = 16777619;
        var mask = (uint)_buckets - 1;
        uint hash = Offset,
            previous = 0;
        var length = 0;
        var digits = true;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                var c = _lowerCase ? char.ToLowerInvariant(text[i]) : text[i];
                digits &= char.IsDigit(c);
                hash = (hash ^ c) * Prime;
                length++;
                continue;
            }

            if (length > 0)
            {
                var word = digits ? 77u : hash;
                tokens.Add((int)(Finish(word) & mask));
                if (previous != 0 && _lowerCase)
                    tokens.Add((int)(Finish((previous * Prime) ^ word ^ field) & mask));
                previous = word;
            }

            (hash, length, digits) = (Offset, 0, true);
        }

        static uint Finish(uint value)
        {
            value ^= value >> 15;
            value *= 0x2C1B3C6Du;
            return value ^ (value >> 13);
        }
    }
}
