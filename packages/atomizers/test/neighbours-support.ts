import { createDefaultRegistry } from '../src/default-registry.ts';
import { bytesSource } from '../src/source-reading.ts';

/** What comes out of a file: texts of what has no parent, leaves with their types, rows, codes of notes. */
export async function readFile(name: string, bytes: Buffer | string) {
  const file = await createDefaultRegistry().atomize(bytesSource(name, Buffer.from(bytes)));
  const drafts = [];
  for await (const draft of file.drafts) drafts.push(draft);
  const parents = new Set(drafts.map(({ parent }) => parent));
  return {
    atomizer: file.atomizer.name,
    texts: drafts.filter(({ parent }) => parent === null).map(({ canonicalText }) => canonicalText),
    leaves: drafts.filter(({ ordinal }) => !parents.has(ordinal)).map(({ canonicalText }) => canonicalText),
    members: drafts.filter(({ atomType }) => atomType === 'archive-member').map(({ canonicalText }) => canonicalText),
    values: drafts.flatMap(({ values }) => (values === null ? [] : [values])),
    notes: file.reading().notes.map(({ code }) => code),
  };
}

/** A part that lists what another one leads to. */
export function relationshipsOf(...targets: readonly (readonly [id: string, type: string, target: string])[]): string {
  return `<Relationships>${targets
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="http://x/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;
}
