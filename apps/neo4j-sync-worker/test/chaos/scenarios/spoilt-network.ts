import { setTimeout as pause } from 'node:timers/promises';
import type { TcpProxy } from '@hartonomous/test-support';
import { describe, expect, test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { form } from '../form.ts';
import { ChaosRun } from '../run.ts';

const isLong = form === 'long';
const size = { short: { cuts: 4, holes: 1, atoms: 600 }, long: { cuts: 30, holes: 3, atoms: 3_000 } }[form];

/** Short deadlines, so that a dead connection is found within the test's patience. */
const impatient = {
  Worker__BatchSize: '100',
  Worker__WaitMs: '300',
  Worker__StatementTimeoutMs: '1500',
  Worker__LockTimeoutMs: '1000',
};

export function spoiltNetwork(world: () => ChaosWorld): void {
  // Bytes after which a connection is spoilt, at most: less than one batch of 100 atoms, so that it happens amid one.
  const sides: readonly {
    readonly name: 'sql-server' | 'neo4j';
    readonly mostBytes: number;
    readonly proxy: () => TcpProxy;
  }[] = [
    { name: 'sql-server', mostBytes: 40_000, proxy: () => world().sqlProxy },
    { name: 'neo4j', mostBytes: 12_000, proxy: () => world().graphProxy },
  ];

  describe.each(sides)('the way to $name', ({ name, mostBytes, proxy }) => {
    const throughProxy = () => ({ ...world().env(name === 'neo4j' ? { neo4j: true } : { sql: true }), ...impatient });

    // On a busy machine Neo4j compiles the worker's statements for longer than an impatient worker waits, which then never gets one done.
    async function begin(fault: string): Promise<ChaosRun> {
      const run = await ChaosRun.begin(world(), `way to ${name} ${fault}`);
      const patient = run.worker();
      const before = await run.logged();
      await run.createAtoms(10);
      await run.progressBeyond(before + 9);
      await patient.stop();
      return run;
    }

    // The short form has one fault of each way.
    if (isLong || name === 'sql-server')
      test(`is cut ${size.cuts} times in the middle of a batch`, async () => {
        const run = await begin('cut');
        const worker = run.worker(throughProxy());
        await run.readiness(worker, 200);
        let atoms = 0;
        for (let cut = 0; cut < size.cuts; cut += 1) {
          const done = proxy().afterBytes(run.random.between(1, mostBytes), () => proxy().cut());
          await run.createAtoms(Math.ceil(size.atoms / size.cuts));
          atoms += Math.ceil(size.atoms / size.cuts);
          await done;
          // Cut again before a batch succeeds, and the worker's pauses grow to ten seconds, as they should.
          await run.readiness(worker, 200);
        }
        await run.isWell({ cuts: size.cuts, atoms });
      });

    if (isLong)
      test('is slow for a while', async () => {
        const run = await begin('slow');
        const worker = run.worker(throughProxy());
        await run.readiness(worker, 200);
        await proxy().enter('delay');
        await run.createAtoms(size.atoms);
        await run.progressBeyond(size.atoms / 4);
        expect((await worker.ready()).status).toBe(200);
        await proxy().enter('pass');
        await run.isWell({ atoms: size.atoms });
      });

    if (isLong || name === 'neo4j')
      test(`is a black hole ${size.holes} times, half-open from the middle of a batch on`, async () => {
        const run = await begin('half-open');
        const worker = run.worker(throughProxy());
        await run.readiness(worker, 200);
        const reasons = new Set<string>();
        for (let hole = 0; hole < size.holes; hole += 1) {
          const inTheHole = proxy().afterBytes(
            run.random.between(1, mostBytes),
            () => void proxy().enter('black-hole'),
          );
          await run.createAtoms(size.atoms / size.holes);
          await inTheHole;
          const reason = await run.readiness(worker, 503);
          expect(reason).toContain(`${name}: `);
          reasons.add(reason.replace(/^[^:]*: (\w+):.*$/s, '$1'));
          // Stays away for longer than one deadline: the way back must not hang on a connection that was made meanwhile.
          await pause(run.random.between(0, 3_000));
          await proxy().enter('pass');
          // Before the server has found its dead ends: what they hold stays locked, all else must go on.
          await run.readiness(worker, 200);
          proxy().forgetDead();
        }
        expect(worker.lines().filter(({ level }) => level === 'fatal')).toEqual([]);
        await run.isWell({ holes: size.holes, 'found as': [...reasons].join(' and ') });
      });
  });
}
