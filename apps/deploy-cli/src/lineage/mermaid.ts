import { type Drawing, describeAtom } from './drawing.ts';

// In a quoted label Mermaid still reads quotation marks, # codes, HTML and, after a back-tick, Markdown. So all but
// letters, digits and what is surely harmless becomes a character code.
const unsafe = /[^\p{L}\p{N} .,_:/=…-]/gu;

/** A Mermaid flowchart; arrows lead from an atom to what it was made from. Labels come from data and are escaped. */
export function mermaid({ rootId, atoms, edges }: Drawing): string[] {
  const names = new Map([...atoms.keys()].map((id, place) => [id, `a${place}`]));
  return [
    'flowchart BT',
    ...[...atoms].map(([id, atom]) => `  ${names.get(id)}["${mermaidLabel(describeAtom(atom))}"]`),
    ...edges.map(({ childId, parentId, type }) => `  ${names.get(childId)} -->|${type}| ${names.get(parentId)}`),
    `  style ${names.get(rootId)} stroke-width:4px`,
  ];
}

/** A text as the inside of a quoted Mermaid label. */
export function mermaidLabel(text: string): string {
  return text.replaceAll(unsafe, (character) => `#${character.codePointAt(0)};`);
}
