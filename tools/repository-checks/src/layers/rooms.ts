import { RoomsTableError } from '../errors.ts';

/** What one row of the Rooms table allows. */
export interface Room {
  /** `packages/graph-sync`, or `apps/*` for each folder in it. */
  readonly folder: string;
  /** Folders that its sources may import besides their own, as in `folder`. */
  readonly mayImport: readonly string[];
}

/** What the column "may import" says, besides a list of names. */
const wordings: ReadonlyMap<string, readonly string[]> = new Map([
  ['nothing of ours', []],
  ['anything', ['packages/*', 'apps/*', 'tools/*']],
]);

/**
 * Reads the table under "## Rooms" of docs/architecture.md. Its last column is `nothing of ours`, `anything`, or a list
 * of names in backquotes: of packages without their folder, or a pattern like `packages/*`.
 *
 * @throws RoomsTableError when there is no such table, or a cell has another wording
 */
export function parseRooms(markdown: string): readonly Room[] {
  const section = /^## Rooms\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(markdown)?.[1] ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .slice(2);
  if (rows.length === 0) throw new RoomsTableError('there is no table under "## Rooms"');
  return rows.map((cells) => {
    const [folder] = quoted(cells[1] ?? '');
    if (folder === undefined) throw new RoomsTableError(`a row names no folder: ${cells.join(' | ')}`);
    return { folder, mayImport: importable(cells.at(-2) ?? '', folder) };
  });
}

function importable(cell: string, folder: string): readonly string[] {
  const known = wordings.get(cell);
  if (known !== undefined) return known;
  const names = quoted(cell);
  const rest = cell.replaceAll(/`[^`]+`/g, '').replaceAll(/[,\s]/g, '');
  if (names.length === 0 || rest !== '') {
    throw new RoomsTableError(`${folder} may import "${cell}", which is neither a list of names nor a known wording`);
  }
  return names.map((name) => (name.includes('/') ? name : `packages/${name}`));
}

function quoted(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}
