using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Ownership;
using Plumbline.Registry.State;

namespace Plumbline.Review.Proof;

/// <summary>Whether a new version is better.</summary>
public static class ProofSetup
{
    internal static IServiceCollection AddProof(this IServiceCollection services) =>
        services
            .AddSingleton<HeldOutAnswers>()
            .AddSingleton<ProofReading>()
            .AddSingleton<Promotion>()
            .AddSingleton<LoopTurnReading>()
            .AddStateOwner("held-out answers", "what versions answered to held-out rows", ["held_out_answers"], RemoveAsync);

    private static Task RemoveAsync(StateDbContext db, int modelId, CancellationToken cancellation) =>
        db.HeldOutAnswers.Where(row => row.ModelId == modelId).ExecuteDeleteAsync(cancellation);
}
