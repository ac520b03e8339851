import { eventually } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { connectSql } from '../src/sql-database.ts';
import { descendantsOf, stillRunning } from './child-processes.ts';
import { type RunningScript, runScript } from './run-script.ts';

/** What `pnpm dev` runs, by a part of its command line. */
const parts = ['service-broker-emulator', 'neo4j-sync-worker', 'ces-consumer', 'embedding-generator', 'org.neo4j'];

/** Longer than a worker's drain without its servers, which ends by force. */
const endTimeoutMs = 45_000;

async function untilReady(dev: RunningScript): Promise<ReadonlyMap<number, string>> {
  await eventually(
    () => {
      expect(dev.child.exitCode, dev.lines.join('\n')).toBeNull();
      expect(dev.lines.join('\n')).toContain('Ctrl-C stops all of it');
    },
    { timeoutMs: 120_000, intervalMs: 200 },
  );
  const children = await descendantsOf(dev.child.pid!);
  for (const part of parts)
    expect(
      [...children.values()].some((command) => command.includes(part)),
      part,
    ).toBe(true);
  return children;
}

function allGone(children: ReadonlyMap<number, string>): Promise<void> {
  return eventually(
    async () => {
      const left = (await stillRunning(children.keys())).map((pid) => `${pid} ${children.get(pid)?.slice(0, 200)}`);
      expect(left).toEqual([]);
    },
    { timeoutMs: endTimeoutMs, intervalMs: 100 },
  );
}

const ends: [string, (dev: RunningScript) => unknown, number | null][] = [
  ['what reads its output ends (EPIPE)', (dev) => closeOutput(dev), 1],
  ['it is killed (SIGKILL)', (dev) => dev.child.kill('SIGKILL'), null],
];

test.each(ends)('pnpm dev leaves nothing behind when %s', { timeout: 240_000 }, async (_, end, exitCode) => {
  await using dev = runScript('dev.ts', ['--api-port', '0', '--sql-port', '0', '--neo4j-port', '0']);
  const children = await untilReady(dev);
  await end(dev);
  expect(await dev.exited, dev.lines.join('\n')).toBe(exitCode);
  await allGone(children);
});

/** As `tee` does at Ctrl-C. It is noticed by what is written next, so a message makes the worker log something. */
async function closeOutput(dev: RunningScript): Promise<void> {
  const port = Number(/localhost,(\d+)/.exec(dev.lines.join('\n'))?.[1]);
  await using sql = await connectSql(port, { saPassword: 'Hartonomous!1' });
  dev.child.stdout?.destroy();
  dev.child.stderr?.destroy();
  await sql.query("EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Tenant', @EntityId = 0, @SyncType = 'UPDATE'");
}

test('pnpm dev says that Neo4j has ended, and stops the rest', { timeout: 240_000 }, async () => {
  await using dev = runScript('dev.ts', ['--api-port', '0', '--sql-port', '0', '--neo4j-port', '0']);
  const children = await untilReady(dev);
  const [neo4j] = [...children].find(([, command]) => command.includes('org.neo4j'))!;
  process.kill(neo4j, 'SIGKILL');
  expect(await dev.exited).toBe(1);
  expect(dev.lines.join('\n')).toContain('Neo4j ended with signal SIGKILL');
  await allGone(children);
});
