import { glob } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { runCommand } from '@hartonomous/download-cache';
import { JavaNotFoundError, JavaTooOldError } from './errors.ts';

/** A Java that Neo4j can run on. */
export interface Java {
  readonly path: string;
  /** Its `java.home`. */
  readonly home: string;
  /** Feature version, for example 17. */
  readonly version: number;
  /** Tells builds apart, for example `17.0.15+6-Debian-1`. */
  readonly build: string;
}

/** What to find a Java for. */
export interface JavaRequest {
  /** Full version of Neo4j. */
  readonly neo4jVersion: string;
  /** Folder of the one Java to look at; the machine isn't searched then. */
  readonly javaHome?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Oldest Java that a version of Neo4j runs on, as feature version. */
export function oldestJavaFor(neo4jVersion: string): number {
  return neo4jVersion.startsWith('5.') ? 17 : 21;
}

/**
 * Finds a Java that is new enough: in `javaHome` alone if it is given; else in `JAVA_HOME`, on `PATH`, and then among
 * the ones that variables like `JAVA_HOME_21_X64` name, that are installed beside those found, or that a user's version
 * manager keeps, of which it takes the oldest that will do (the newest may be newer than Neo4j knows).
 *
 * @throws JavaNotFoundError, JavaTooOldError (naming the first one found); the reason of `signal` when aborted
 */
export async function findJava({ neo4jVersion, javaHome, signal }: JavaRequest): Promise<Java> {
  const needed = oldestJavaFor(neo4jVersion);
  const isNewEnough = ({ version }: Java) => version >= needed;
  const found: Java[] = [];
  for (const path of javaHome === undefined ? usualPaths() : pathsIn(javaHome)) {
    const java = await askJava(path, signal);
    if (java === undefined) continue;
    if (isNewEnough(java)) return java;
    found.push(java);
  }
  const [first] = found;
  if (javaHome === undefined) {
    const others: Java[] = [];
    for (const path of await installedPaths(found)) {
      const java = await askJava(path, signal);
      if (java !== undefined) others.push(java);
    }
    const [oldest] = others.filter(isNewEnough).sort((one, other) => one.version - other.version);
    if (oldest !== undefined) return oldest;
  }
  if (first !== undefined) throw new JavaTooOldError(neo4jVersion, needed, first.version, first.path);
  throw new JavaNotFoundError(neo4jVersion, needed, javaHome);
}

/** Feature version out of `java -version`: 8 for `"1.8.0_402"`, 17 for `"17.0.15"`, 26 for `"26-ea"`. */
export function javaVersion(description: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(description);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

async function askJava(path: string, signal: AbortSignal | undefined): Promise<Java | undefined> {
  const result = await runCommand(path, ['-XshowSettings:properties', '-version'], { signal, timeoutMs: 30_000 });
  const version = result === undefined ? undefined : javaVersion(result.stderr);
  const home = /^ *java\.home = (.+?)\r?$/m.exec(result?.stderr ?? '')?.[1];
  const build = /^ *java\.vm\.version = (.+?)\r?$/m.exec(result?.stderr ?? '')?.[1] ?? String(version);
  return version === undefined || home === undefined ? undefined : { path, home, version, build };
}

function usualPaths(): string[] {
  const home = process.env.JAVA_HOME;
  return [...(home === undefined || home === '' ? [] : pathsIn(home)), 'java'];
}

// macOS packs a Java into a bundle.
function pathsIn(home: string): string[] {
  return [join(home, 'bin', 'java'), join(home, 'Contents', 'Home', 'bin', 'java')];
}

async function installedPaths(found: readonly Java[]): Promise<string[]> {
  // Hosts of CI jobs name each Java that they have, for example JAVA_HOME_21_X64.
  const named = Object.entries(process.env).filter(([name]) => /^JAVA_HOME_\d+/.test(name));
  const paths = named.flatMap(([, home]) => (home ? pathsIn(home) : []));
  const folders = new Set([join(homedir(), '.sdkman', 'candidates', 'java'), join(homedir(), '.jdks')]);
  for (const { home } of found) folders.add(dirname(withoutBundle(home)));
  for (const folder of folders) {
    const patterns = ['*/bin/java{,.exe}', '*/Contents/Home/bin/java'];
    for await (const path of glob(patterns, { cwd: folder })) paths.push(join(folder, path));
  }
  return paths;
}

function withoutBundle(home: string): string {
  const isBundled = basename(home) === 'Home' && basename(dirname(home)) === 'Contents';
  return isBundled ? dirname(dirname(home)) : home;
}
