/**
 * What is compared of an object, by name of the fact: `column AtomId` -> `bigint not null identity`. The project's
 * facts come from its files, the database's from the catalog views; both write them in the same words.
 */
export type Facts = ReadonlyMap<string, string>;

/** The fact that names the owner of an object in no schema. */
export const ownerFactName = 'owner';

/** A difference between the project's and the database's facts. */
export interface FactDifference {
  readonly what: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/**
 * What differs. Fact names are compared without case, as SQL Server does by default. Constraints and indexes that only
 * the database has are not reported: operators add indexes for good reasons.
 */
export function compareFacts(expected: Facts, found: Facts): FactDifference[] {
  const actual = new Map([...found].map(([name, value]) => [name.toLowerCase(), value]));
  const wanted = new Set([...expected.keys()].map((name) => name.toLowerCase()));
  const differences: FactDifference[] = [];
  for (const [what, value] of expected) {
    const other = actual.get(what.toLowerCase()) ?? null;
    if (other !== value) differences.push({ what, expected: value, found: other });
  }
  for (const [what, value] of found) {
    if (wanted.has(what.toLowerCase()) || /^(constraint|index) /.test(what)) continue;
    differences.push({ what, expected: null, found: value });
  }
  return differences;
}
