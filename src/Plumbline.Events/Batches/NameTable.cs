using System.Text;

namespace Plumbline.Events.Batches;

/// <summary>
/// The feature and class names of one batch, each once. Rows of one sender repeat their keys in one order, so the name that
/// followed last time is tried first: then a look-up is one comparison of bytes and no hash.
/// </summary>
public sealed class NameTable : IDisposable
{
    private const int FeatureStart = 0;
    private const int ClassStart = 1;
    private readonly ByteBuffer _text = new(4096);
    private Entry[] _entries = new Entry[64];
    private int[] _buckets = new int[128];

    // Slot 0 and 1: what a row's features and probabilities start with; slot i + 2: what follows name i.
    private int[] _followers = new int[66];

    internal NameTable() => Clear();

    /// <summary>Number of names; an index is below it.</summary>
    public int Count { get; private set; }

    /// <summary>The name as UTF-8.</summary>
    public ReadOnlySpan<byte> this[int index] => _text.Span.Slice(_entries[index].Offset, _entries[index].Size);

    /// <summary>The name as text (allocates).</summary>
    public string Text(int index) => Encoding.UTF8.GetString(this[index]);

    /// <summary>
    /// The kind of the first value other than null that an accepted row gave this feature;
    /// <see cref="FeatureValueKind.Missing"/> when there was none.
    /// </summary>
    public FeatureValueKind FirstKind(int index) => _entries[index].FirstKind;

    /// <summary>Length in bytes of that first value when it was text or JSON, else 0.</summary>
    public int FirstLength(int index) => _entries[index].FirstLength;

    internal ref Entry At(int index) => ref _entries[index];

    internal static int BeforeFeatures => FeatureStart - 2;

    internal static int BeforeClasses => ClassStart - 2;

    /// <summary>Index of the name, added when new; -1 when <paramref name="limit"/> names are there already.</summary>
    internal int Intern(ReadOnlySpan<byte> name, int previous, int limit)
    {
        var likely = _followers[previous + 2];
        if (likely >= 0 && this[likely].SequenceEqual(name))
            return likely;
        var index = Find(name, limit);
        if (index >= 0)
            _followers[previous + 2] = index;
        return index;
    }

    internal void Clear()
    {
        Count = 0;
        _text.Truncate(0);
        Array.Fill(_buckets, -1);
        Array.Fill(_followers, -1);
    }

    internal void WriteTo(ByteBuffer target)
    {
        target.WriteVarint((uint)Count);
        for (var i = 0; i < Count; i++)
            target.WriteText(this[i]);
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    private int Find(ReadOnlySpan<byte> name, int limit)
    {
        // HashCode is seeded per process, so a sender cannot choose names that collide.
        var hasher = default(HashCode);
        hasher.AddBytes(name);
        var hash = hasher.ToHashCode();
        for (var i = _buckets[hash & (_buckets.Length - 1)]; i >= 0; i = _entries[i].Chain)
        {
            if (_entries[i].Hash == hash && this[i].SequenceEqual(name))
                return i;
        }
        if (Count >= limit)
            return -1;
        if (Count == _entries.Length)
            Grow();
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries[Count] = new Entry
        {
            Offset = _text.Length,
            Size = name.Length,
            Hash = hash,
            Chain = bucket,
            FeatureRow = -1,
            ClassRow = -1,
        };
        _text.WriteBytes(name);
        bucket = Count;
        return Count++;
    }

    private void Grow()
    {
        var size = _entries.Length * 2;
        Array.Resize(ref _entries, size);
        var followers = new int[size + 2];
        Array.Fill(followers, -1);
        _followers.CopyTo(followers, 0);
        _followers = followers;
        _buckets = new int[size * 2];
        Array.Fill(_buckets, -1);
        for (var i = 0; i < Count; i++)
        {
            ref var bucket = ref _buckets[_entries[i].Hash & (_buckets.Length - 1)];
            _entries[i].Chain = bucket;
            bucket = i;
        }
    }

    internal struct Entry
    {
        public int Offset;
        public int Size;
        public int Hash;
        public int Chain;

        /// <summary>The last row that had this name as a feature: a second time in one row is a duplicate key.</summary>
        public int FeatureRow;

        /// <summary>The same for probabilities.</summary>
        public int ClassRow;

        public int FirstLength;
        public FeatureValueKind FirstKind;

        /// <summary>0 not looked at yet, 1 a valid feature name, 2 not one.</summary>
        public byte FeatureNameCheck;
    }
}
