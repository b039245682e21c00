namespace Census.Analysis;

/// <summary>What a call instruction calls.</summary>
/// <param name="Identity">Equal for two call sites exactly when they call the same method, whatever its type arguments.</param>
/// <param name="Assembly">Index of the assembly that has the method; see <see cref="CallTargets"/>.</param>
/// <param name="OwnMethod">Its row, if it is a method of the assembly being read; otherwise 0.</param>
/// <param name="Signature">What the call takes from the stack and puts there.</param>
internal readonly record struct CallTarget(int Identity, int Assembly, int OwnMethod, SignatureShape Signature);
