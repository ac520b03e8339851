import { hiddenSecret, isSecretName, redactText } from '@hartonomous/redaction';
import {
  type ConfigurationEntry,
  type ConfigurationSource,
  keySeparator,
  mostSections,
  normalizeKey,
} from './configuration-source.ts';

/** The value of a key, and where it came from. */
export interface ConfigurationValue extends ConfigurationEntry {
  readonly source: ConfigurationSource;
  /** Another setting of the same key in the same source, with another value: nobody can tell which one is meant. */
  readonly rival?: ConfigurationEntry;
}

/** One line of {@link Configuration.explain}. */
export interface ConfigurationExplanation {
  readonly source: string;
  readonly origin: string;
  /** `***` for secrets. */
  readonly shown: string | null;
  readonly wins: boolean;
}

/** A key as a section: its value, and the keys below it. */
export interface ConfigurationNode {
  /** Last segment of the key, in the spelling of the source that named it first. */
  readonly name: string;
  readonly value: ConfigurationValue | undefined;
  /** By normalized name. */
  readonly children: ReadonlyMap<string, ConfigurationNode>;
}

interface MutableNode extends ConfigurationNode {
  value: ConfigurationValue | undefined;
  readonly children: Map<string, MutableNode>;
}

/**
 * An ordered list of sources as one configuration: a later source wins per key, not per section or array. Immutable;
 * another source gives another Configuration.
 */
export class Configuration {
  readonly environment: string;
  /** Which environment this is and why, for people; absent where the sources were put together by other code. */
  readonly environmentNote: string | undefined;
  /** Lowest precedence first. */
  readonly sources: readonly ConfigurationSource[];
  readonly root: ConfigurationNode;

  constructor(environment: string, sources: readonly ConfigurationSource[], environmentNote?: string) {
    this.environment = environment;
    this.environmentNote = environmentNote;
    this.sources = sources;
    const root: MutableNode = { name: '', value: undefined, children: new Map() };
    for (const source of sources) addSource(root, source);
    this.root = root;
  }

  /** Warnings of all sources. */
  get warnings(): readonly string[] {
    return this.sources.flatMap(({ warnings }) => warnings ?? []);
  }

  /** The winning value of a key, written with `:`; case doesn't matter. */
  get(key: string): ConfigurationValue | undefined {
    return this.find(key.split(keySeparator))?.value;
  }

  /** The section at a path; undefined when no source mentions it. */
  find(path: readonly string[]): ConfigurationNode | undefined {
    let node: ConfigurationNode | undefined = this.root;
    for (const segment of path) node = node?.children.get(normalizeKey(segment));
    return node;
  }

  /** Every source that sets the key, in order of precedence, and which one wins. Secrets are hidden. */
  explain(key: string): readonly ConfigurationExplanation[] {
    const wanted = normalizeKey(key);
    const winner = this.get(key);
    return this.sources.flatMap((source) =>
      source.entries
        .filter((entry) => normalizeKey(entry.key) === wanted)
        .map((entry) => ({
          source: source.name,
          origin: entry.origin,
          shown: showValue(entry),
          wins: entry.origin === winner?.origin && source === winner.source,
        })),
    );
  }
}

/** The value as it may be shown to people and logs. */
export function showValue(entry: Pick<ConfigurationEntry, 'key' | 'value' | 'isSecret'>): string | null {
  const { key, value } = entry;
  if (value === null || value === '') return value;
  if (entry.isSecret === true || isSecretName(key)) return hiddenSecret;
  return redactText(value);
}

function addSource(root: MutableNode, source: ConfigurationSource): void {
  const seen = new Map<string, ConfigurationEntry>();
  for (const entry of source.entries) {
    const segments = entry.key.split(keySeparator);
    if (segments.length > mostSections) continue;
    let node = root;
    for (const segment of segments) {
      const normalized = normalizeKey(segment);
      const child = node.children.get(normalized) ?? { name: segment, value: undefined, children: new Map() };
      node.children.set(normalized, child);
      node = child;
    }
    const normalized = normalizeKey(entry.key);
    const earlier = seen.get(normalized);
    seen.set(normalized, entry);
    // On the command line a repeated option is a correction of the first one; elsewhere it is a mistake.
    const isRival = earlier !== undefined && earlier.value !== entry.value && source.kind !== 'command-line';
    node.value = { ...entry, source, ...(isRival ? { rival: earlier } : {}) };
  }
}
