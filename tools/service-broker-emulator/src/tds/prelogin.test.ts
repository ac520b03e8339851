import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TdsProtocolError } from './errors.ts';
import { agreeOnEncryption, preloginAnswer, readPreloginEncryption } from './prelogin.ts';

test.each([
  ['optional', 0, 0, 'login-only'],
  ['optional', 1, 1, 'session'],
  ['optional', 2, 2, 'clear'],
  ['optional', 3, 1, 'session'],
  ['required', 0, 3, 'session'],
  ['required', 1, 1, 'session'],
  ['required', 2, 3, 'session'],
  ['none', 0, 2, 'clear'],
  ['none', 1, 2, 'clear'],
] as const)('with encryption %s, a client that sends %i is answered %i: %s', (policy, client, answer, scope) => {
  expect(agreeOnEncryption(client, policy)).toEqual({ answer, scope });
});

test('reads back the encryption byte of its own answer', () => {
  for (const encryption of [0, 1, 2, 3]) expect(readPreloginEncryption(preloginAnswer(encryption))).toBe(encryption);
});

test('a message without an end of its options is refused, whatever it holds', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        const encryption = readPreloginEncryption(Buffer.from(bytes));
        expect(encryption).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error).toBeInstanceOf(TdsProtocolError);
      }
    }),
  );
});
