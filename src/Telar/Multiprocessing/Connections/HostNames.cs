using System.Net;
using System.Net.Sockets;

namespace Telar.Multiprocessing;

/// <summary>Finds the addresses of the host that an <see cref="Address"/> names.</summary>
internal static class HostNames
{
    /// <summary>Finds them in the calling thread.</summary>
    /// <param name="address">Of the kind <see cref="AddressKind.Inet"/>.</param>
    /// <param name="doing">What they are needed for, for the message: <c>Connecting to</c>.</param>
    /// <returns>At least one.</returns>
    /// <exception cref="IOException">None is known.</exception>
    internal static IPAddress[] Find(Address address, string doing)
    {
        try
        {
            return TryParse(address) ?? AtLeastOne(Dns.GetHostAddresses(address.Path));
        }
        catch (SocketException exception)
        {
            throw Unknown(address, doing, exception);
        }
    }

    /// <summary>Finds them without holding a thread.</summary>
    /// <param name="address">Of the kind <see cref="AddressKind.Inet"/>.</param>
    /// <param name="doing">What they are needed for, for the message: <c>Connecting to</c>.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>At least one.</returns>
    /// <exception cref="IOException">None is known.</exception>
    internal static async ValueTask<IPAddress[]> FindAsync(Address address, string doing, CancellationToken cancellationToken)
    {
        try
        {
            return TryParse(address) ?? AtLeastOne(await Dns.GetHostAddressesAsync(address.Path, cancellationToken).ConfigureAwait(false));
        }
        catch (SocketException exception)
        {
            throw Unknown(address, doing, exception);
        }
    }

    private static IPAddress[]? TryParse(Address address) => IPAddress.TryParse(address.Path, out IPAddress? known) ? [known] : null;

    private static IPAddress[] AtLeastOne(IPAddress[] found) => found.Length > 0 ? found : throw new SocketException((int)SocketError.NoData);

    private static IOException Unknown(Address address, string doing, SocketException cause) =>
        new($"{doing} {address} failed: no address is known for the host '{address.Path}' ({cause.Message}).", cause);
}
