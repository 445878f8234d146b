namespace TicketRouter.Learning;

/// <summary>The non-zero places of one encoded ticket. An index may occur more than once; its values add.</summary>
public readonly record struct SparseVector(int[] Indices, float[] Values);
