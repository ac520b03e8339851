import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmulatorServer } from '../engine/emulator-server.ts';
import { administratorSid } from '../engine/server/logins.ts';
import { silentSink } from '../engine/session/silent-sink.ts';
import type { SqlError } from '../errors.ts';
import { InitFolderUnusableError, InitScriptFailedError } from './errors.ts';
import { splitBatches } from './split-batches.ts';

/**
 * Runs the `*.sql` files of a folder in the order of their names, each as `sa` in a session of its own. A script that
 * has run to its end is remembered in the data folder and doesn't run there again, as in the images of databases that
 * people know; a script added later runs at the next start, and one changed later is named in the log only.
 *
 * @param database database in which each script begins
 * @throws {InitFolderUnusableError} when the folder cannot be read
 * @throws {InitScriptFailedError} at the first error of severity 11 or more
 */
export async function runInitScripts(server: EmulatorServer, folder: string, database: string): Promise<void> {
  for (const file of scriptsOf(folder)) {
    const script = readFileSync(join(folder, file), 'utf8');
    const digest = createHash('sha256').update(script).digest('hex');
    const key = `init:${file}`;
    const before = server.facts.getMeta(key);
    if (before === undefined) {
      await runScript(server, file, script, database);
      server.facts.setMeta(key, digest);
      server.log(`Init script ${file} has run.`);
    } else if (before !== digest) {
      server.log(
        `Init script ${file} has changed since it ran on this data folder; it does not run again. Add a new script, or start with an empty data folder.`,
      );
    }
  }
}

/** Code units decide, not a language: the order is the same on every machine. */
function scriptsOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name.toLowerCase().endsWith('.sql'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    throw new InitFolderUnusableError(folder, error instanceof Error ? error : new Error(String(error)));
  }
}

async function runScript(server: EmulatorServer, file: string, script: string, database: string): Promise<void> {
  await using session = server.openSession({ name: 'sa', sid: administratorSid }, database, 'localhost', 'init script');
  let failed: SqlError | undefined;
  const sink = silentSink({
    error: (error) => {
      failed ??= error;
    },
    info: (message) => {
      if (message.number === 0 || message.number >= 50_000) server.log(`${file}: ${message.text}`);
    },
  });
  const never = new AbortController().signal;
  for (const batch of splitBatches(script)) {
    for (let turn = 0; turn < batch.count; turn += 1) {
      await session.batch(batch.text, sink, never);
      if (failed === undefined) continue;
      // Inside a procedure the line is the procedure's; the batch is what a reader can go to.
      const line = failed.procedure === '' ? batch.line + Math.max(failed.line, 1) - 1 : batch.line;
      throw new InitScriptFailedError(file, line, failed.number, failed);
    }
  }
}
