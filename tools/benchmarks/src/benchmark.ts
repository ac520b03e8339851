import type { BenchServers } from './worker/bench-servers.ts';

/** One figure that a benchmark gives. */
export interface ResultDefinition {
  /** Kebab-case; the same in every run, so that runs can be compared. */
  readonly name: string;
  readonly unit: string;
  /** Name of the result that this one is divided by. */
  readonly ratioTo?: string;
  readonly about: string;
}

/** What was measured for one result. */
export interface Measurement {
  readonly name: string;
  /** One value per repetition; the result is their median. */
  readonly samples: readonly number[];
  /** What else is worth knowing, for the table: processor seconds, for example. */
  readonly note?: string;
}

/** How much work a run may do. */
export interface RunScale {
  /** Less work and fewer repetitions, for a look rather than for the record. */
  readonly quick: boolean;
  /** Folder for CPU profiles of the measured processes; absent = none are written. */
  readonly profileTo?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** Servers that all benchmarks of the worker share, so that they find them warm; started when first asked for. */
  readonly servers: () => Promise<BenchServers>;
}

/** Work that is measured. It never judges a time: it throws only when the work itself went wrong. */
export interface Benchmark {
  readonly results: readonly ResultDefinition[];
  /** Left out of a quick run unless it is asked for by name: a quick run is to take two minutes. */
  readonly onRequestWhenQuick?: boolean;
  run(scale: RunScale): Promise<readonly Measurement[]>;
}

/**
 * The benchmarks that give the named results, with those that their ratios need; all of them for no names.
 *
 * @param quick without names, those that a quick run leaves out are not selected
 * @param names results, or beginnings of their names up to a dash (`emulator` is everything of the emulator)
 * @returns the names that match nothing beside the benchmarks, in their given order
 */
export function selectBenchmarks(
  all: readonly Benchmark[],
  names: readonly string[],
  quick = false,
): { readonly selected: readonly Benchmark[]; readonly unknown: readonly string[] } {
  if (names.length === 0) {
    return { selected: quick ? all.filter(({ onRequestWhenQuick }) => onRequestWhenQuick !== true) : all, unknown: [] };
  }
  const matches = (name: string, result: ResultDefinition): boolean =>
    result.name === name || result.name.startsWith(`${name}-`);
  const selected = new Set(
    all.filter((benchmark) => benchmark.results.some((result) => names.some((name) => matches(name, result)))),
  );
  // A ratio's other half may have one of its own: a set visits what is added while it is walked.
  for (const benchmark of selected) {
    for (const { ratioTo } of benchmark.results) {
      const base = all.find((candidate) => candidate.results.some((result) => result.name === ratioTo));
      if (base !== undefined) selected.add(base);
    }
  }
  return {
    selected: all.filter((benchmark) => selected.has(benchmark)),
    unknown: names.filter((name) => !all.some(({ results }) => results.some((result) => matches(name, result)))),
  };
}
