import { BlockList, isIP } from 'node:net';

/** Where a request may go: `public` to the internet only, `private` also to loopback and the own network. */
export type AddressScope = 'public' | 'private';

// IANA's registries of special-purpose addresses, IPv4 and IPv6.
const special: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
// Of IPv6 only 2000::/3 is given out to the internet; in it, these lead elsewhere or are other addresses in disguise.
const specialIn2000: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];
// What a host of the own network may have.
const ownNetwork: readonly (readonly [string, number])[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];
const ownNetwork6: readonly (readonly [string, number])[] = [
  ['::1', 128],
  ['fc00::', 7],
];

function listOf(family: 'ipv4' | 'ipv6', ...groups: (readonly (readonly [string, number])[])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of groups.flat()) list.addSubnet(net, prefix, family);
  return list;
}

const special4 = listOf('ipv4', special);
const special6 = listOf('ipv6', specialIn2000);
const global6 = listOf('ipv6', [['2000::', 3]]);
const own4 = listOf('ipv4', ownNetwork);
const own6 = listOf('ipv6', ownNetwork6);

/**
 * Whether a connection to an address is allowed. Link-local addresses, where clouds keep their metadata services, never
 * are, nor are multicast and reserved ones, nor IPv6 addresses that stand for IPv4 ones (mapped, translated, tunnelled).
 *
 * @param address as text; anything that isn't an IP address is not allowed
 */
export function isAllowedAddress(address: string, scope: AddressScope): boolean {
  switch (isIP(address)) {
    case 4:
      return !special4.check(address, 'ipv4') || (scope === 'private' && own4.check(address, 'ipv4'));
    case 6: {
      // A zone (fe80::1%eth0) is only of use with link-local addresses.
      if (address.includes('%')) return false;
      if (scope === 'private' && own6.check(address, 'ipv6')) return true;
      return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
    }
    default:
      return false;
  }
}
