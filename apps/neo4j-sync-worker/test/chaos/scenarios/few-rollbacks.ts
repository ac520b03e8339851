import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { form } from '../form.ts';
import { ChaosRun } from '../run.ts';

const outageMs = { short: 4_000, long: 60_000 }[form];

/** One for each of four readers, when the worker is stopped in the middle of the outage; SQL Server reacts to the fifth in a row. */
const mostRollbacks = 4;

/** What is wrong with Neo4j, and how it is put right. */
interface Outage {
  readonly name: string;
  readonly begin: (world: ChaosWorld) => Promise<void>;
  readonly end: (world: ChaosWorld) => Promise<void>;
}

/** The one that the short form has: only its own deadlines show a worker that such a server is gone. */
const hanging = 'a server that hangs';

const otherPassword = 'changed-meanwhile';

const outages: readonly Outage[] = [
  {
    name: 'refused connections',
    begin: ({ graphProxy }) => graphProxy.enter('refuse'),
    end: ({ graphProxy }) => graphProxy.enter('pass'),
  },
  {
    name: hanging,
    begin: async ({ neo4j }) => neo4j.pause(),
    end: async ({ neo4j }) => neo4j.resume(),
  },
  {
    name: 'wrong credentials',
    begin: async (world) => {
      await changePassword(world, world.neo4j.password, otherPassword);
      // Connections that are logged in stay so.
      world.graphProxy.cut();
    },
    end: (world) => changePassword(world, otherPassword, world.neo4j.password),
  },
];

/** On a connection of the world's own, which is logged in. */
async function changePassword({ graph }: ChaosWorld, from: string, to: string): Promise<void> {
  await using session = graph.driver.session({ database: 'system' });
  await session.run('ALTER CURRENT USER SET PASSWORD FROM $from TO $to', { from, to });
}

/** An outage doesn't make SQL Server's rollback handler act: what was received is kept, not rolled back. */
export function fewRollbacks(world: () => ChaosWorld): void {
  test.each(form === 'long' ? outages : outages.filter(({ name }) => name === hanging))(
    `$name for ${outageMs / 1_000} s under load: at most ${mostRollbacks} receives are rolled back`,
    async (outage) => {
      const run = await ChaosRun.begin(world(), `few rollbacks, ${outage.name}`);
      const worker = run.worker({
        ...world().env({ neo4j: true }),
        Worker__Readers: '4',
        Worker__BatchSize: '50',
        Worker__StatementTimeoutMs: '1500',
      });
      await run.readiness(worker, 200);
      await run.changeAtRandom(500);
      await outage.begin(world());
      const until = performance.now() + outageMs;
      try {
        await run.changeAtRandom(500);
        await run.readiness(worker, 503);
        while (performance.now() < until) {
          await run.changeAtRandom(10);
          await pause(200);
        }
        worker.kill('SIGTERM');
        await worker.exit();
      } finally {
        await outage.end(world());
      }
      const rollbacks = worker
        .messages()
        .filter((message) => message.startsWith('A transaction that had received')).length;
      expect(rollbacks).toBeLessThanOrEqual(mostRollbacks);
      run.worker(world().env({ neo4j: true }));
      await run.isWell({ rollbacks });
    },
  );
}
