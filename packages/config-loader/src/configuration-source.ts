import type { ConfigurationProblem } from './errors.ts';

/** Separates the sections of a key. */
export const keySeparator = ':';

/** Maximum nesting of sections: .NET's JSON readers have the same limit, and no setting is deeper. */
export const mostSections = 64;

/** One setting in one source. */
export interface ConfigurationEntry {
  /** Sections separated by `:`, in the spelling of the source; compared without case. */
  readonly key: string;
  /** Everything is text here, as in .NET; types come with the schema. `null`: explicitly nothing. */
  readonly value: string | null;
  /** For people: `appsettings.json, line 4` or `environment variable Neo4j__Uri`. */
  readonly origin: string;
  /** Whether the value is one whatever its key is called, because it comes from a place for secrets. */
  readonly isSecret?: boolean;
}

/** A flat list of settings from one place. */
export interface ConfigurationSource {
  readonly kind: 'json' | 'environment' | 'command-line' | 'app-configuration' | 'key-vault' | 'other';
  /** For people, for example `appsettings.json`. */
  readonly name: string;
  readonly entries: readonly ConfigurationEntry[];
  /** Set where there is no such place, for example no file of this name, which isn't a problem of itself. */
  readonly isAbsent?: true;
  /** What was wrong with the place itself, for example a syntax error; reported with all other problems. */
  readonly problems: readonly ConfigurationProblem[];
  /** What a person should know although it works, for example that remembered values are used. */
  readonly warnings?: readonly string[];
}

/** The form of a key in which equal keys are equal strings. */
export function normalizeKey(key: string): string {
  return key.toLowerCase();
}

/**
 * A source from plain values, for tests, for settings found by other code and for those given on top of all others.
 * @param name for people, as part of error messages
 */
export function valuesSource(name: string, values: Readonly<Record<string, string | null>>): ConfigurationSource {
  return {
    kind: 'other',
    name,
    entries: Object.entries(values).map(([key, value]) => ({ key, value, origin: name })),
    problems: [],
  };
}
