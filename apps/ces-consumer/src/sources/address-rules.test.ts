import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowedAddress } from './address-rules.ts';

describe('isAllowedAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0', '2606:4700::1111'])(
    'lets %s be reached',
    (address) => {
      expect(isAllowedAddress(address, 'public')).toBe(true);
      expect(isAllowedAddress(address, 'private')).toBe(true);
    },
  );

  it.each(['127.0.0.1', '127.255.255.254', '10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '::1', 'fd00::1'])(
    'keeps %s for hosts of the own network',
    (address) => {
      expect(isAllowedAddress(address, 'public')).toBe(false);
      expect(isAllowedAddress(address, 'private')).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    '240.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2001:0:a9fe:a9fe::',
    '2001:db8::1',
    'fe80::1',
    'fe80::1%lo',
    '2606:4700::1111%eth0',
    'ff02::1',
    'fec0::1',
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '017700000001',
    '2130706433',
    '127.0.0.1 ',
  ])('never lets %s be reached', (address) => {
    expect(isAllowedAddress(address, 'public')).toBe(false);
    expect(isAllowedAddress(address, 'private')).toBe(false);
  });

  it('lets no IPv4 address in through an IPv6 one', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isAllowedAddress(`::ffff:${address}`, 'public')).toBe(false);
        expect(isAllowedAddress(`64:ff9b::${address}`, 'public')).toBe(false);
      }),
    );
  });
});
