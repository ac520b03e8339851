import type { AtomSummary, LineageEdge } from '@hartonomous/graph-sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dot, dotString } from './dot.ts';
import type { Drawing } from './drawing.ts';
import { mermaid, mermaidLabel } from './mermaid.ts';
import { printable } from './printable.ts';
import { textTable } from './text-table.ts';
import { treeText } from './tree-text.ts';

function atom(id: number, preview: string | null = null): AtomSummary {
  const none = { contentType: null, contentHash: null, createdAt: null };
  return { id: BigInt(id), atomType: 'text', preview, isPlaceholder: false, ...none };
}

function edge(childId: number, parentId: number, type = 'DERIVED_FROM'): LineageEdge {
  const id = BigInt(childId * 1000 + parentId);
  return { id, type, childId: BigInt(childId), parentId: BigInt(parentId), derivationType: null, sequenceNumber: null };
}

function drawing(rootId: number, atoms: readonly AtomSummary[], edges: readonly LineageEdge[]): Drawing {
  return { rootId: BigInt(rootId), atoms: new Map(atoms.map((one) => [one.id, one])), edges };
}

const diamond = drawing(
  4,
  [atom(1, 'source'), atom(2), atom(3), atom(4), atom(5)],
  [edge(4, 2), edge(4, 3, 'MERGED_FROM'), edge(2, 1), edge(3, 1), edge(1, 5), edge(9, 4)],
);
const hostile = 'a"]; x --> y\n\u001b[2J`#quot;<b>\\N\u202e';

describe('a tree for a terminal', () => {
  test('unfolds an atom where it comes first, and names it after that', () => {
    expect(treeText(diamond)).toEqual([
      '4 text',
      'made from:',
      '├─ 2 text',
      '│  └─ 1 text "source"',
      '│     └─ 5 text',
      '└─ 3 text [MERGED_FROM]',
      '   └─ 1 ↑ shown above',
      'went into:',
      '└─ 9',
    ]);
  });

  test('ends in a cycle, and holds a chain longer than the call stack', () => {
    expect(treeText(drawing(1, [atom(1), atom(2)], [edge(1, 2), edge(2, 1)]))).toEqual([
      ...['1 text', 'made from:', '└─ 2 text', '   └─ 1 ↑ shown above'],
      ...['went into:', '└─ 2 text', '   └─ 1 ↑ shown above'],
    ]);
    const length = 3000;
    const chain = Array.from({ length }, (_, n) => atom(n));
    const lines = treeText(
      drawing(
        0,
        chain,
        chain.slice(1).map(({ id }) => edge(Number(id) - 1, Number(id))),
      ),
    );
    expect(lines).toHaveLength(length + 1);
  });
});

describe('texts from data', () => {
  test('cannot draw, move the cursor or turn the line', () => {
    expect(printable(hostile)).toBe('a"]; x --> y [2J`#quot;<b>\\N');
    expect(textTable(['text'], [[hostile]])).toHaveLength(2);
    expect(printable('x'.repeat(100), 5)).toBe('xxxx…');
  });

  test('are one line without controls, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(80), (text, most) => {
        const line = printable(text, most + 1);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect([...line].length).toBeLessThanOrEqual(most + 1);
      }),
    );
  });

  test('stay inside their label in Mermaid', () => {
    const [, node] = mermaid(drawing(1, [atom(1, hostile)], []));
    expect(node).toBe('  a0["1 text #34;a#34;#93;#59; x --#62; y #91;2J#96;#35;quot#59;#60;b#62;#92;N#34;"]');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(mermaidLabel(text).replaceAll(/#\d+;/g, '')).not.toMatch(/["#<>&`\\[\]{}|;\n]/);
      }),
    );
  });

  test('stay inside their string in Graphviz', () => {
    expect(dot(drawing(1, [atom(1, hostile)], []))[3]).toBe(
      '  "1" [label="1 text \\"a\\"]; x --> y [2J`#quot;<b>\\\\N\\"", penwidth=3];',
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const inside = dotString(text)
          .slice(1, -1)
          .replaceAll(/\\["\\]/g, '');
        expect(inside).not.toMatch(/["\\]/);
      }),
    );
  });
});

test('arrows of both drawings lead from child to parent', () => {
  const inner = drawing(2, [atom(1), atom(2)], [edge(2, 1, 'MERGED_FROM')]);
  expect(mermaid(inner)).toContain('  a1 -->|MERGED_FROM| a0');
  expect(dot(inner)).toContain('  "2" -> "1" [label="MERGED_FROM"];');
});
