import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TdsProtocolError } from './errors.ts';
import { readLogin7 } from './login7.ts';

/** A LOGIN7 message as the drivers build it, with two features asked for. */
function buildLogin(fields: { user: string; password: string; host: string; database: string }): Buffer {
  const fixed = Buffer.alloc(94);
  const parts: Buffer[] = [];
  let offset = 94;
  const put = (pairAt: number, data: Buffer, length: number): void => {
    fixed.writeUInt16LE(offset, pairAt);
    fixed.writeUInt16LE(length, pairAt + 2);
    parts.push(data);
    offset += data.length;
  };
  const putText = (pairAt: number, text: string): void => put(pairAt, Buffer.from(text, 'utf16le'), text.length);
  fixed.writeUInt32LE(0x74000004, 4);
  fixed.writeUInt32LE(8000, 8);
  fixed[25] = 0x02;
  fixed[27] = 0x10;
  putText(36, fields.host);
  putText(40, fields.user);
  const password = Buffer.from(fields.password, 'utf16le').map((b) => (((b << 4) | (b >> 4)) & 255) ^ 0xa5);
  put(44, Buffer.from(password), fields.password.length);
  putText(68, fields.database);
  const pointer = Buffer.alloc(4);
  pointer.writeUInt32LE(offset + 4);
  put(56, pointer, 4);
  parts.push(Buffer.from('040100000001' + '0a0100000001' + 'ff', 'hex'));
  const whole = Buffer.concat([fixed, ...parts]);
  whole.writeUInt32LE(whole.length, 0);
  return whole;
}

test('decodes names, the obfuscated password and the features', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(text, text, text, text, (user, password, host, database) => {
      const login = readLogin7(buildLogin({ user, password, host, database }));
      expect(login.request).toMatchObject({ userName: user, password, hostName: host, database, odbc: true });
      expect(login).toMatchObject({ tdsVersion: 0x74000004, packetSize: 8000, features: [0x04, 0x0a] });
    }),
  );
});

test('a login cut off or changed anywhere is refused or read differently, never a crash', () => {
  const whole = buildLogin({ user: 'sa', password: 'secret', host: 'h', database: 'd' });
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
      (length, changes) => {
        const broken = Buffer.from(whole.subarray(0, length));
        for (const [place, byte] of changes) if (length > 0) broken[place % length] = byte;
        try {
          readLogin7(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(TdsProtocolError);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
