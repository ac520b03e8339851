import { type Drawing, describeAtom } from './drawing.ts';

/** A Graphviz digraph; arrows lead from an atom to what it was made from. Labels come from data and are escaped. */
export function dot({ rootId, atoms, edges }: Drawing): string[] {
  return [
    'digraph lineage {',
    '  rankdir=BT;',
    '  node [shape=box];',
    ...[...atoms].map(
      ([id, atom]) => `  "${id}" [label=${dotString(describeAtom(atom))}${id === rootId ? ', penwidth=3' : ''}];`,
    ),
    ...edges.map(({ childId, parentId, type }) => `  "${childId}" -> "${parentId}" [label=${dotString(type)}];`),
    '}',
  ];
}

/** A text as a quoted string. A backslash would begin one of Graphviz' escapes (\N, \l), so it is doubled too. */
export function dotString(text: string): string {
  return `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`;
}
