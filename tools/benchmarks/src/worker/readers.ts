import type { Benchmark } from '../benchmark.ts';
import { drainBacklog } from './drain-work.ts';

const variants = [
  { name: 'readers-1', readers: 1, processes: 1 },
  { name: 'readers-2', readers: 2, processes: 1 },
  { name: 'readers-3', readers: 3, processes: 1 },
  { name: 'processes-2', readers: 3, processes: 2 },
] as const;

/** Draining with more or fewer readers, and with two worker processes. */
export const readersBenchmark: Benchmark = {
  results: variants.map(({ name, readers, processes }) => ({
    name,
    unit: 'messages/s',
    ...(name === 'readers-1' ? {} : { ratioTo: 'readers-1' }),
    about: `a drain by ${processes === 1 ? 'one worker' : `${processes} workers`} with ${readers} reader${readers === 1 ? '' : 's'}${processes === 1 ? '' : ' each'}`,
  })),
  async run(scale) {
    const servers = await scale.servers();
    const messages = scale.quick ? 20_000 : 60_000;
    const samples = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
    for (let round = 0; round < (scale.quick ? 1 : 3); round += 1) {
      for (const { name, readers, processes } of variants) {
        const env = { Worker__Readers: String(readers) };
        const { perSecond } = await drainBacklog(servers, { messages, processes, env, signal: scale.signal });
        scale.onProgress(`  ${name}: ${perSecond.toFixed(0)} messages/s`);
        samples.get(name)?.push(perSecond);
      }
    }
    return variants.map(({ name }) => ({ name, samples: samples.get(name) ?? [], note: `${messages} messages` }));
  },
};
