import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

test('property: no way of printing shows the text, only reveal() gives it', () => {
  // Texts of JSON punctuation and asterisks alone would be "contained" in any output.
  const text = fc.string({ minLength: 4 }).map((part) => `s3cr3t${part}`);
  fc.assert(
    fc.property(text, (plain) => {
      const secret = new Secret(plain);
      const config = { nested: [{ secret }] };
      const outputs = [
        String(secret),
        `${secret}`,
        JSON.stringify(config),
        inspect(config, { depth: 9, showHidden: true }),
        format('%s %o %j', secret, secret, secret),
        new Error(`failed with ${secret}`).message,
        JSON.stringify(Object.entries(secret)),
        JSON.stringify(structuredClone({ ...secret })),
      ];
      for (const output of outputs) expect(output).not.toContain('s3cr3t');
      expect(secret.reveal()).toBe(plain);
    }),
  );
});
