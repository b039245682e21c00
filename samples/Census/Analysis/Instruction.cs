namespace Census.Analysis;

/// <summary>One decoded IL instruction. Its branch targets are a slice of the decoder's list of targets.</summary>
internal readonly record struct Instruction(int Offset, int Opcode, int Token, int FirstTarget, int TargetCount);
