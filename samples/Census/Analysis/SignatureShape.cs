namespace Census.Analysis;

using System.Reflection.Metadata;

/// <summary>How many values a call takes from the evaluation stack, and how many it puts there.</summary>
internal readonly record struct SignatureShape(int Parameters, int This, int Results)
{
    private const int Void = 0x01;
    private const int RequiredModifier = 0x1F;
    private const int OptionalModifier = 0x20;

    public static SignatureShape Read(BlobReader blob)
    {
        SignatureHeader header = blob.ReadSignatureHeader();
        if (header.Kind != SignatureKind.Method)
        {
            throw new BadImageFormatException($"a call goes to a {header.Kind}");
        }

        if (header.IsGeneric)
        {
            blob.ReadCompressedInteger();
        }

        int parameters = blob.ReadCompressedInteger();
        int type = blob.ReadCompressedInteger();
        while (type is RequiredModifier or OptionalModifier)
        {
            blob.ReadCompressedInteger(); // the modifier's type; `init` accessors return a modified void
            type = blob.ReadCompressedInteger();
        }

        bool hasHiddenThis = header.IsInstance && !header.HasExplicitThis;
        return new SignatureShape(parameters, hasHiddenThis ? 1 : 0, type == Void ? 0 : 1);
    }
}
