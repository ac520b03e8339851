import mssql from 'mssql';
import type { Benchmark, Measurement } from '../benchmark.ts';
import { WorkMissingError } from '../errors.ts';
import { processUsage } from '../process-usage.ts';
import { repeat } from '../repeat.ts';
import { connections, connectToDeployed, startEmulatorProcess } from './emulator-process.ts';
import { enqueueBatch, receiveAll, receiveToClient } from './messages.ts';

/** One repetition: units per second, and the processor seconds that client and server took. */
interface Sample {
  readonly perSecond: number;
  readonly client: number;
  readonly server: number;
}

async function measure(pid: number, units: number, work: () => Promise<void>): Promise<Sample> {
  const server = processUsage(pid)?.cpuSeconds ?? Number.NaN;
  const client = process.cpuUsage();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(client);
  return {
    perSecond: (units / ms) * 1000,
    client: (user + system) / 1e6,
    server: (processUsage(pid)?.cpuSeconds ?? Number.NaN) - server,
  };
}

function measurement(name: string, units: number, samples: readonly Sample[]): Measurement {
  const least = (pick: (sample: Sample) => number): string =>
    `${((Math.min(...samples.map(pick)) / units) * 1e6).toFixed(0)} µs`;
  return {
    name,
    samples: samples.map(({ perSecond }) => perSecond),
    note: `CPU each: server ${least(({ server }) => server)}, client ${least(({ client }) => client)}`,
  };
}

/** Calls a procedure without statements, on all connections at once: what client, wire and a call cost alone. */
async function callEmpty(pool: mssql.ConnectionPool, count: number): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let call = 0; call < count / connections; call += 1) {
      await pool
        .request()
        .input('EntityType', mssql.NVarChar(128), 'Atom')
        .input('EntityId', mssql.BigInt, call + 1)
        .input('TenantId', mssql.Int, 0)
        .execute('dbo.BenchmarkEmpty');
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
}

const createEmpty =
  'CREATE PROCEDURE dbo.BenchmarkEmpty @EntityType NVARCHAR(128), @EntityId BIGINT, @TenantId INT AS RETURN 0;';

/** Calls dbo.sp_EnqueueNeo4jSync once per message, on all connections at once. */
async function enqueueOneByOne(pool: mssql.ConnectionPool, count: number): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let call = 0; call < count / connections; call += 1) {
      await pool
        .request()
        .input('EntityType', mssql.NVarChar(128), 'Atom')
        .input('EntityId', mssql.BigInt, call + 1)
        .input('TenantId', mssql.Int, 0)
        .execute('dbo.sp_EnqueueNeo4jSync');
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
}

/** Enqueue and receive, through TDS and the product's own procedures. */
export const enqueueBenchmark: Benchmark = {
  onRequestWhenQuick: true,
  results: [
    {
      name: 'emulator-call-empty',
      unit: 'calls/s',
      about: 'a procedure that does nothing, over the same pool: the most that client and wire let through',
    },
    {
      name: 'emulator-enqueue-single',
      unit: 'calls/s',
      ratioTo: 'sqlite-enqueue-single',
      about: 'dbo.sp_EnqueueNeo4jSync, one message a call, over one pool of 8 connections',
    },
    {
      name: 'emulator-enqueue-batch',
      unit: 'messages/s',
      ratioTo: 'sqlite-enqueue-batch',
      about: 'dbo.sp_EnqueueNeo4jSyncBatch, 5,000 messages a call on reused dialogs',
    },
    {
      name: 'emulator-receive',
      unit: 'messages/s',
      ratioTo: 'sqlite-receive',
      about: 'RECEIVE TOP (1000) to the client until the queue is empty, one batch a round trip',
    },
  ],
  async run(scale) {
    const counts = scale.quick ? { warmUp: 2, runs: 3 } : { warmUp: 3, runs: 7 };
    const singles = scale.quick ? 4_000 : 8_000;
    const batched = scale.quick ? 10_000 : 20_000;
    await using emulator = await startEmulatorProcess({ form: 'source', profileTo: scale.profileTo });
    await using pool = await connectToDeployed(emulator);
    // The deployment has enqueued rows of its own.
    await receiveAll(pool);
    await pool.request().batch(createEmpty);
    const empty = await repeat(counts, () => measure(emulator.pid, singles, () => callEmpty(pool, singles)));
    const single = await repeat(counts, () => measure(emulator.pid, singles, () => enqueueOneByOne(pool, singles)));
    const waiting = await receiveAll(pool);
    const expected = singles * (counts.warmUp + counts.runs);
    if (waiting !== expected) throw new WorkMissingError('messages on the queue after single calls', expected, waiting);
    const batch: Sample[] = [];
    const receive: Sample[] = [];
    for (let run = 0; run < counts.warmUp + counts.runs; run += 1) {
      scale.signal.throwIfAborted();
      const sent = await measure(emulator.pid, batched, () => enqueueBatch(pool, batched));
      const received = await measure(emulator.pid, batched, () => receiveToClient(pool, batched));
      if (run < counts.warmUp) continue;
      batch.push(sent);
      receive.push(received);
    }
    return [
      measurement('emulator-call-empty', singles, empty),
      measurement('emulator-enqueue-single', singles, single),
      measurement('emulator-enqueue-batch', batched, batch),
      measurement('emulator-receive', batched, receive),
    ];
  },
};
