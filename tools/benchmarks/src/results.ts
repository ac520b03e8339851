import type { Measurement, ResultDefinition } from './benchmark.ts';

/** One entry of `bench-results/latest.json`. */
interface BenchmarkResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `value` divided by that of `ratioTo`; null where there is none, or it was not measured. */
  readonly ratio: number | null;
  readonly ratioTo: string | null;
}

/** A result with what only the table shows. */
export interface TableRow extends BenchmarkResult {
  readonly samples: readonly number[];
  readonly note: string;
}

/** The middle value; of an even number of values the mean of the two in the middle. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Medians and ratios of what was measured, in the order of `definitions`; what was not measured is left out. */
export function summarize(definitions: readonly ResultDefinition[], measurements: readonly Measurement[]): TableRow[] {
  const values = new Map(measurements.map(({ name, samples }) => [name, median(samples)]));
  return definitions.flatMap((definition): TableRow[] => {
    const measured = measurements.find(({ name }) => name === definition.name);
    const value = values.get(definition.name);
    if (measured === undefined || value === undefined) return [];
    const base = definition.ratioTo === undefined ? undefined : values.get(definition.ratioTo);
    return [
      {
        name: definition.name,
        value,
        unit: definition.unit,
        ratio: base === undefined ? null : value / base,
        ratioTo: base === undefined ? null : (definition.ratioTo ?? null),
        samples: measured.samples,
        note: measured.note ?? '',
      },
    ];
  });
}

/** The rows as `latest.json` has them. */
export function toJson(rows: readonly TableRow[]): string {
  const results = rows.map(
    ({ name, value, unit, ratio, ratioTo }): BenchmarkResult => ({ name, value, unit, ratio, ratioTo }),
  );
  return `${JSON.stringify(results, null, 2)}\n`;
}
