namespace Telar.Serialization;

/// <summary>What follows an instruction's code: a token (which the scan looks up) or bytes (which it skips).</summary>
internal enum IlOperand : byte
{
    Unknown,
    None,
    Bytes1,
    Bytes2,
    Bytes4,
    Bytes8,
    Switch,
    Field,
    Method,
    Type,
    Token,
}
