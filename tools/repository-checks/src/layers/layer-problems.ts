import { readFileSync } from 'node:fs';
import { join, matchesGlob, posix } from 'node:path';
import { importsOf } from './imports-of.ts';
import { parseRooms, type Room } from './rooms.ts';
import { type WorkspacePackage, workspacePackages } from './workspace.ts';

/** A place where the repository isn't as the Rooms table of docs/architecture.md says. */
export interface LayerProblem {
  /** From the repository's root; with the line where there is one. */
  readonly place: string;
  readonly problem: string;
}

/** What a worker's declaration may have: more of it is a worker's own work, which belongs into files of its own. */
const mostWorkerLines = 80;

/** Files that only development and tests run: they may use the stand-ins of tools/. */
const testFiles = ['**/*.test.ts', '**/test/**', '**/conformance/**', '*/*/*.config.ts'];

/**
 * Holds every import of every package, and the dependencies in every package.json, against the Rooms table.
 *
 * @param root folder of the repository
 * @throws RoomsTableError, SourceFileError
 */
export function layerProblems(root: string): readonly LayerProblem[] {
  const rooms = parseRooms(readFileSync(join(root, 'docs/architecture.md'), 'utf8'));
  const packages = workspacePackages(root);
  return [
    ...rooms.filter(({ folder }) => !packages.some((one) => matchesGlob(one.folder, folder))).map(roomWithoutFolder),
    ...packages.flatMap((one) => {
      // A row of its own before a pattern's.
      const room = rooms.find(({ folder }) => folder === one.folder) ?? rooms.find(({ folder }) => isIn(one, [folder]));
      return room === undefined ? [folderWithoutRoom(one)] : problemsOf({ root, one, room, packages });
    }),
  ];
}

interface Inspection {
  readonly root: string;
  readonly one: WorkspacePackage;
  readonly room: Room;
  readonly packages: readonly WorkspacePackage[];
}

function problemsOf({ root, one, room, packages }: Inspection): readonly LayerProblem[] {
  const refusal = (name: string, isTest: boolean): string | undefined => {
    const other = packages.find((candidate) => candidate.name === name || name.startsWith(`${candidate.name}/`));
    if (other === undefined || other === one || isIn(other, room.mayImport)) return undefined;
    if (isTest && isIn(other, ['tools/*'])) return undefined;
    const allowed = room.mayImport.length === 0 ? 'nothing of ours' : room.mayImport.join(', ');
    return `${one.folder} may not import ${other.folder} (${isTest ? 'its tests: tools/*, ' : ''}${allowed})`;
  };
  const manifest = `${one.folder}/package.json`;
  const declared = (names: readonly string[], isTest: boolean) =>
    names.flatMap((name) => {
      const problem = refusal(name, isTest);
      return problem === undefined ? [] : [{ place: manifest, problem }];
    });
  const imported = one.files.flatMap((file) => {
    const isTest = testFiles.some((pattern) => matchesGlob(file, pattern));
    return importsOf(file, readFileSync(join(root, file), 'utf8')).flatMap(({ specifier, line }) => {
      const problem = specifier.startsWith('.') ? strayPath(one, file, specifier) : refusal(specifier, isTest);
      return problem === undefined ? [] : [{ place: `${file}:${line}`, problem }];
    });
  });
  return [
    ...[...declared(one.dependencies, false), ...declared(one.devDependencies, true), ...imported],
    ...longDeclaration(root, one),
  ];
}

function longDeclaration(root: string, { folder, files }: WorkspacePackage): readonly LayerProblem[] {
  const place = `${folder}/src/worker.ts`;
  if (!matchesGlob(folder, 'apps/*') || !files.includes(place)) return [];
  const lines = readFileSync(join(root, place), 'utf8').trimEnd().split('\n').length;
  if (lines <= mostWorkerLines) return [];
  return [{ place, problem: `has ${lines} lines; a declaration has ${mostWorkerLines} at most, its parts are files` }];
}

/** Relative imports stay in their package; only a build's configuration has something to share in the root. */
function strayPath(one: WorkspacePackage, file: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file), specifier);
  if (target.startsWith(`${one.folder}/`)) return undefined;
  if (matchesGlob(file, '*/*/*.config.ts') && !target.includes('/')) return undefined;
  return `${specifier} leads out of ${one.folder}; import the other package by its name`;
}

function isIn({ folder }: WorkspacePackage, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesGlob(folder, pattern));
}

function roomWithoutFolder({ folder }: Room): LayerProblem {
  return { place: 'docs/architecture.md', problem: `the Rooms table has ${folder}, which isn't there` };
}

function folderWithoutRoom({ folder }: WorkspacePackage): LayerProblem {
  return { place: folder, problem: 'has no row in the Rooms table of docs/architecture.md' };
}
