import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AtomizerError } from '../src/errors.ts';
import { bytesSource } from '../src/source-reading.ts';
import { atomize } from './atomize-support.ts';
import { expectInvariants } from './draft-invariants.ts';

const message = readFileSync(join(import.meta.dirname, 'programs', 'outlook.msg'));
/** Where the table of sectors is: the first one behind the header says which follows which. */
const sectorBytes = 512;

test('headers, the formatted body, attachments and a message within; the picture that the text shows is passed over', async () => {
  const { atomizer, drafts } = await atomize(bytesSource('a.msg', message));
  expect(atomizer).toBe('outlook-message');
  expectInvariants(drafts);
  expect(drafts[0]?.metadata).toEqual({
    Subject: 'Grüße aus Łódź',
    From: 'Zoë Müller <zoe@example.com>',
    To: 'Bob <bob@example.com>',
    Cc: '愛 <ai@example.com>',
  });
  expect(drafts.filter(({ parent }) => parent === null).map(({ canonicalText }) => canonicalText)).toEqual([
    'Grüße aus Łódź',
    'Lieber Bob,',
    'mit Format: 5 €.',
    'Städte.csv',
    'Within.msg',
  ]);
});

test('it is known by what is in it, too', async () => {
  expect((await atomize(bytesSource('a.bin', message))).atomizer).toBe('outlook-message');
});

test('a message whose sectors follow each other forever is ended', async () => {
  const table = message.readUInt32LE(76) * sectorBytes + sectorBytes;
  const bytes = Buffer.from(message);
  // Each sector is followed by itself.
  for (let sector = 0; sector < message.length / sectorBytes - 1; sector++) {
    bytes.writeUInt32LE(sector, table + 4 * sector);
  }
  const reading = atomize(bytesSource('a.msg', bytes), { limits: { maxWorkerMs: 2_000 } });
  await expect(reading).rejects.toMatchObject({ name: expect.stringMatching(/Exceeded|Broken/) });
});

test('a damaged one ends with drafts or a refusal', { timeout: 120_000 }, async () => {
  for (let round = 0; round < 6; round++) {
    const bytes = Buffer.from(message);
    for (let change = 0; change < 4; change++) {
      const at = (round * 7919 + change * 104_729) % (bytes.length - 4);
      bytes.writeUInt32LE([0, 1, 0xffff_ffff, 0xffff_fffe][change] ?? 0, at & ~3);
    }
    try {
      const { drafts } = await atomize(bytesSource('a.msg', bytes), { limits: { maxWorkerMs: 1_500 } });
      expectInvariants(drafts);
    } catch (error) {
      if (!(error instanceof AtomizerError)) throw new Error(`round ${round}`, { cause: error });
    }
  }
});
