using System.Text;

namespace Telar.Subprocesses;

internal sealed record TextInput(string Text, Encoding? Encoding) : Input;
