import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { AtomizerError } from '../src/errors.ts';
import { bytesSource } from '../src/source-reading.ts';
import { atomize } from './atomize-support.ts';
import type { Outcome } from './hostile-child.ts';
import { pathologicalFiles } from './pathological-files.ts';

/** `pnpm test:pathological` has files of 4 MB, each in a process of its own, whose memory is measured too. */
const isLong = process.env.PATHOLOGICAL_FORM === 'long';
const packed = /\.(?:zip|tgz|gz|zst|bz2|xz|docx|xlsx|pptx|odt|ods|epub|pdf)$/;
const kibi = 1024;

function inShort(): void {
  /** A file of 4 MB may take 20 s of CPU time; what is quadratic takes far more. What runs beside this test doesn't count. */
  const limitMs = 10_000;

  test.each(pathologicalFiles)(
    '$name of $what takes no more than its length suggests',
    {
      timeout: 60_000,
    },
    async ({ name, make }) => {
      const bytes = await make(packed.test(name) ? kibi / 4 : 16 * kibi);
      const started = process.cpuUsage();
      try {
        await atomize(bytesSource(name, bytes));
      } catch (error) {
        // It may be refused, as long as that doesn't take long.
        if (!(error instanceof AtomizerError)) throw error;
      }
      const { user, system } = process.cpuUsage(started);
      expect((user + system) / 1_000).toBeLessThan(limitMs);
    },
  );
}

function atLength(): void {
  test.each(pathologicalFiles)(
    '$name of $what takes less than 20 s and 400 MB',
    {
      timeout: 600_000,
    },
    async ({ name, what, make }) => {
      const folder = await mkdtemp(join(tmpdir(), 'hartonomous-atomizers-'));
      try {
        const path = join(folder, name);
        await writeFile(path, await make(4 * kibi * kibi));
        const child = join(import.meta.dirname, 'hostile-child.ts');
        const { stdout } = await promisify(execFile)(process.execPath, [child, '--file', path], { timeout: 590_000 });
        const { outcomes } = JSON.parse(stdout) as { readonly outcomes: Readonly<Record<string, Outcome>> };
        const outcome = outcomes[path];
        console.log(`${name} of ${what}: ${JSON.stringify(outcome)}`);
        expect(outcome?.processorMs).toBeLessThan(20_000);
        expect(outcome?.peakMb).toBeLessThan(400);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
}

describe(isLong ? 'at length' : 'in short', isLong ? atLength : inShort);
